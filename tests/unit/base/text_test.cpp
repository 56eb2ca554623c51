#include "harness/base/text.hpp"

#include <array>
#include <sstream>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/secret.hpp"

namespace pgrehearse {
namespace {

TEST(Text, FindsTheNearestKnownWord) {
  const std::array<std::string, 3> known{"seed", "migrate", "workload"};
  EXPECT_EQ(nearest("sede", known), "seed");
  EXPECT_EQ(nearest("wrkload", known), "workload");
  EXPECT_EQ(nearest("objectives", known), std::nullopt);
}

TEST(Text, SplitsLinesWithoutAnEmptyLast) {
  EXPECT_EQ(lines_of("a\nb\n"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(lines_of(""), std::vector<std::string>{});
  EXPECT_EQ(lines_of("a\n\nb"), (std::vector<std::string>{"a", "", "b"}));
}

TEST(Text, TrimsBlanksOnBothSides) {
  EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(trimmed(" \n"), "");
}

TEST(SecretText, IsRedactedInAStream) {
  std::ostringstream out;
  out << Secret{"canary"};
  EXPECT_EQ(out.str(), "[redacted]");
}

TEST(SecretText, IsNeverTheSameTwice) {
  EXPECT_NE(Secret::random().reveal(), Secret::random().reveal());
}

TEST(ErrorText, CarriesCodePlaceAndHint) {
  const Error error{ErrorCode::archive_gap, "segment x is missing", "Look there.", "drill.yaml:3"};
  EXPECT_STREQ(error.what(), "drill.yaml:3: archive-gap: segment x is missing\nHINT: Look there.");
}

TEST(Files, AppearWholeWithTheirMode) {
  const TempDir folder{"pgrehearse-files"};
  write_file(folder.path() / "a", "one", 0600);
  write_file(folder.path() / "a", "two", 0600);
  EXPECT_EQ(read_file(folder.path() / "a"), "two");
  EXPECT_EQ(std::filesystem::status(folder.path() / "a").permissions(),
      std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder.path()}, {}), 1);
}

TEST(Files, NameThePathThatCannotBeRead) {
  try {
    (void)read_file("/nonexistent/file");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io);
    EXPECT_EQ(error.place(), "/nonexistent/file");
  }
}

}  // namespace
}  // namespace pgrehearse
