#include "harness/report/xml_text.hpp"

#include <cstdlib>
#include <iostream>
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

const std::string replaced = "\xEF\xBF\xBD";

TEST(PlainText, StripsWholeAnsiSequences) {
  EXPECT_EQ(plain_text("\x1b[1;31mred\x1b[0m"), "red");
  EXPECT_EQ(plain_text("\x1b]0;title\x07text"), "text");
  EXPECT_EQ(plain_text("\x1b]8;;http://x\x1b\\link"), "link");
}

TEST(PlainText, KeepsBrokenAnsiSequencesReadable) {
  EXPECT_EQ(plain_text("\x1b"), "\\x1b");
  EXPECT_EQ(plain_text("\x1b[12"), "\\x1b[12");
  EXPECT_EQ(plain_text("\x1b]0;never ended\nnext"), "\\x1b]0;never ended\nnext");
}

TEST(PlainText, ShowsControlCharacters) {
  EXPECT_EQ(plain_text(std::string_view{"a\0b\x07", 4}), "a\\x00b\\x07");
  EXPECT_EQ(plain_text("\x7f\xC2\x9B"), "\\x7f\\u009b");
  EXPECT_EQ(plain_text("\xE2\x80\xAE"), "\\u202e");
}

TEST(PlainText, KeepsTabsAndMakesEveryLineEndANewline) {
  EXPECT_EQ(plain_text("a\tb\r\nc\rd\n"), "a\tb\nc\nd\n");
}

TEST(PlainText, KeepsGoodUtf8) {
  const std::string good = "\xC3\xA9 \xE6\xBC\xA2 \xF0\x9F\x90\x98";
  EXPECT_EQ(plain_text(good), good);
}

TEST(PlainText, ReplacesWhatIsNoCharacter) {
  EXPECT_EQ(plain_text("\xff"), replaced);
  EXPECT_EQ(plain_text("\xC3"), replaced);
  EXPECT_EQ(plain_text("\xC0\xAF"), replaced + replaced);
  EXPECT_EQ(plain_text("\xEF\xBF\xBE\xEF\xBF\xBF"), replaced + replaced);
  EXPECT_EQ(plain_text("\xED\xA0\x80"), replaced + replaced + replaced);
  EXPECT_EQ(plain_text("\xF4\x90\x80\x80"), replaced + replaced + replaced + replaced);
}

TEST(XmlText, EscapesMarkup) {
  EXPECT_EQ(xml_text("a<b>&\"]]>\n\t"), "a&lt;b&gt;&amp;&quot;]]&gt;\n\t");
  EXPECT_EQ(xml_attribute("a<b>&\"\n\t"), "a&lt;b&gt;&amp;&quot;&#10;&#9;");
}

TEST(XmlText, CutsAtWholeCharacters) {
  EXPECT_EQ(at_most("abc", 3), "abc");
  EXPECT_EQ(at_most("ab\xC3\xA9", 3), "ab [2 bytes more: see record.json]");
}

// Pieces that break careless writers, drawn more often than chance would.
std::string random_text(std::mt19937_64& random) {
  static const std::vector<std::string> traps{"]]>", "<![CDATA[", "<!--", "-->", "&amp;", "&#0;",
      "\x1b[31m", "\x1b]0;", "\xEF\xBF\xBE", "\xEF\xBF\xBF", "\xED\xA0\x80", "\xC0\x80",
      std::string(1, '\0'), "\r\n", "\"", "'", "</t>", "\xF4\x90\x80\x80", "\xF0\x9F\x90\x98"};
  std::string text;
  for (std::uint64_t pieces = random() % 12; pieces > 0; --pieces) {
    if (random() % 3 == 0) {
      text += traps[random() % traps.size()];
    } else {
      text += static_cast<char>(random() % 256);
    }
  }
  return text;
}

// PGREHEARSE_TEST_SEED repeats the strings of a run that failed.
TEST(XmlText, MakesAnyHundredThousandStringsWellFormed) {
  const char* given = std::getenv("PGREHEARSE_TEST_SEED");
  const std::uint64_t seed = given != nullptr ? std::stoull(given) : std::random_device{}();
  std::cout << "PGREHEARSE_TEST_SEED=" << seed << "\n";
  std::mt19937_64 random{seed};
  constexpr int strings = 100'000;
  std::string document = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<r>\n";
  std::size_t characters = 0;
  for (int i = 0; i < strings; ++i) {
    const std::string text = random_text(random);
    document += "<t a=\"" + xml_attribute(text) + "\">" + xml_text(text) + "</t>\n";
    for (const char c : plain_text(text)) {
      characters += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1U : 0U;
    }
  }
  document += "</r>\n";
  const TempDir folder{"xml-text"};
  const std::filesystem::path path = folder.path() / "strings.xml";
  write_file(path, document);

  const Completed lint = program({"xmllint", "--noout", "--huge", path.string()});
  ASSERT_EQ(lint.status, 0) << "seed " << seed << ": " << lint.err;
  // No string became markup, and none lost or gained a character between writer and reader.
  EXPECT_EQ(xpath(path, "count(//*)"), std::to_string(strings + 1)) << "seed " << seed;
  const std::size_t with_newlines = characters + strings + 1;
  EXPECT_EQ(xpath(path, "string-length(/r) = " + std::to_string(with_newlines)), "true")
      << "seed " << seed;
}

TEST(XmlText, IsUnchangedByASecondLook) {
  std::mt19937_64 random{7};
  for (int i = 0; i < 10'000; ++i) {
    const std::string once = plain_text(random_text(random));
    ASSERT_EQ(plain_text(once), once);
  }
}

// A reader that guesses encodings took UTF-8 for cp1252, and gave up.
TEST(XmlText, IsWrittenInAsciiForReadersThatGuess) {
  EXPECT_EQ(
      ascii_xml("<a b=\"\xC3\xA9\">\xF0\x9F\x92\xA5 x</a>"), "<a b=\"&#xe9;\">&#x1f4a5; x</a>");
}

}  // namespace
}  // namespace pgrehearse
