#include "harness/agent/digest_list.hpp"

#include <filesystem>
#include <random>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "harness/base/error.hpp"
#include "harness/crypto/sha256.hpp"
#include "tests/unit/agent/given.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

struct DigestList : testing::Test {
  DigestList() {
    fs::create_directories(tree / "base/1");
    fs::create_directory(tree / "empty");
    write_file(tree / "base/1/16384", noise(700'000, 1));
    write_file(tree / "base-2", "sorts before what is below base");
    write_file(tree / "nothing", "");
    fs::create_symlink("base/1", tree / "link");
  }
  [[nodiscard]] std::string list() const { return text_of(digest_of_tree(tree)); }

  const TempDir folder{"digest-test"};
  const fs::path tree = folder.path();
};

TEST_F(DigestList, HasALineForEveryEntryInBytewiseOrder) {
  const std::string expected = "dir - base\n" + sha256_hex("sorts before what is below base") +
                               " 31 base-2\n" + "dir - base/1\n" + sha256_hex(noise(700'000, 1)) +
                               " 700000 base/1/16384\n" + "dir - empty\n" + "link base/1 link\n" +
                               sha256_hex("") + " 0 nothing\n";
  EXPECT_EQ(list(), expected);
  EXPECT_EQ(list(), expected);
}

TEST_F(DigestList, SeesEveryKindOfChange) {
  const std::string before = list();
  const auto differs = [&](const char* what) { EXPECT_NE(list(), before) << what; };
  write_file(tree / "base/2", "");
  differs("an extra file");
  fs::remove(tree / "base/2");
  EXPECT_EQ(list(), before);

  fs::create_directory(tree / "base/3");
  differs("an extra directory");
  fs::remove(tree / "base/3");
  EXPECT_EQ(list(), before);

  fs::remove(tree / "link");
  fs::create_symlink("base/2", tree / "link");
  differs("a link to another place");
  fs::remove(tree / "link");
  write_file(tree / "link", "base/1");
  differs("a file where a link was");
  fs::remove(tree / "link");
  differs("a missing link");
  fs::create_symlink("base/1", tree / "link");
  EXPECT_EQ(list(), before);

  fs::rename(tree / "nothing", tree / "nothinG");
  differs("another name");
}

TEST_F(DigestList, SeesEveryFlippedBit) {
  const unsigned seed = std::random_device{}();
  RecordProperty("seed", std::to_string(seed));
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 source{seed};
  const std::string before = list();
  const std::string content = read_file(tree / "base/1/16384");
  for (int round = 0; round < 50; ++round) {
    std::string flipped = content;
    const std::size_t at = source() % flipped.size();
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (source() % 8)));
    write_file(tree / "base/1/16384", flipped);
    ASSERT_NE(list(), before) << "byte " << at;
  }
  write_file(tree / "base/1/16384", content);
  EXPECT_EQ(list(), before);
}

TEST_F(DigestList, RefusesSpecialFilesAndWhatIsNotThere) {
  EXPECT_THROW(static_cast<void>(digest_of_tree(tree / "absent")), Error);
  EXPECT_THROW(static_cast<void>(digest_of_tree(tree / "nothing")), Error);
  ASSERT_EQ(mkfifo((tree / "fifo").c_str(), 0600), 0);
  EXPECT_THROW(static_cast<void>(digest_of_tree(tree)), Error);
}

TEST_F(DigestList, IsReadBackAsItWasWrittenHoweverOddTheNames) {
  write_file(tree / "new\nline", "x");
  write_file(tree / "back\\slash\r and space ", "x");
  fs::create_symlink("a target\nwith \\n", tree / "odd link");
  const std::vector<DigestEntry> entries = digest_of_tree(tree);
  EXPECT_EQ(entries.size(), 10U);
  const std::string text = text_of(entries);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10);
  EXPECT_EQ(parse_digest_list(text), entries);
}

TEST_F(DigestList, IsNotReadFromAnythingElse) {
  const std::string good = sha256_hex("") + " 0 a\n";
  EXPECT_EQ(parse_digest_list(good).size(), 1U);
  EXPECT_TRUE(parse_digest_list("").empty());
  for (const std::string& bad : {std::string{"\n"}, std::string{"dir - \n"},
           std::string{"dir x a\n"}, std::string{"abc 0 a\n"}, sha256_hex("") + " a\n",
           sha256_hex("") + " -1 a\n", sha256_hex("") + " 1x a\n", sha256_hex("") + " 0 a\\q\n",
           std::string{"link  a\n"}, good + good, good + "dir - A\n", std::string{"file - a\n"}}) {
    EXPECT_THROW(static_cast<void>(parse_digest_list(bad)), Error) << bad;
  }
}

}  // namespace
}  // namespace pgrehearse
