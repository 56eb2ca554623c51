#include "harness/agent/copy_set.hpp"

#include <filesystem>
#include <optional>
#include <random>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "harness/base/error.hpp"
#include "tests/unit/agent/given.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

struct CopySet : testing::Test {
  CopySet() {
    fs::create_directories(from / "base/1");
    fs::create_directory(from / "pg_tblspc");
    fs::create_directory(to);
    write_file(from / "PG_VERSION", "15\n", 0600);
    write_file(from / "base/1/16384", noise(600'000, 2), 0600);
    write_file(from / "base/1/nothing", "", 0640);
    fs::create_symlink("base/1", from / "inside");
    fs::permissions(from / "base", fs::perms::owner_all);
    fs::permissions(from / "base/1", fs::perms::owner_read | fs::perms::owner_exec);
    expected = digest_of_tree(from);
  }
  void TearDown() override { fs::permissions(from / "base/1", fs::perms::owner_all); }
  [[nodiscard]] std::vector<std::string> differing() const {
    std::vector<std::string> paths;
    for (const SetDifference& difference : copy_set(from, to, expected)) {
      paths.push_back(difference.path);
    }
    return paths;
  }
  [[nodiscard]] std::optional<ErrorCode> problem() const {
    try {
      static_cast<void>(copy_set(from, to, expected));
      return std::nullopt;
    } catch (const Error& thrown) {
      return thrown.code();
    }
  }
  [[nodiscard]] static unsigned mode_of(const fs::path& path) {
    struct stat status {};
    return lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
  }

  const TempDir folder{"copy-test"};
  const fs::path from = folder.path() / "set";
  const fs::path to = folder.path() / "data";
  std::vector<DigestEntry> expected;
};

TEST_F(CopySet, RestoresTheSetWithItsModes) {
  fs::permissions(to, fs::perms::owner_all);
  EXPECT_EQ(differing(), std::vector<std::string>{});
  EXPECT_EQ(digest_of_tree(to), expected);
  EXPECT_EQ(mode_of(to), 0700U);
  EXPECT_EQ(mode_of(to / "base"), 0700U);
  EXPECT_EQ(mode_of(to / "base/1"), 0500U);
  EXPECT_EQ(mode_of(to / "base/1/16384"), 0600U);
  EXPECT_EQ(mode_of(to / "base/1/nothing"), 0640U);
  fs::permissions(to / "base/1", fs::perms::owner_all);
}

TEST_F(CopySet, NamesWhatDiffersAndLeavesTheTargetEmpty) {
  const auto expect = [&](const std::vector<std::string>& paths) {
    EXPECT_EQ(differing(), paths);
    EXPECT_TRUE(fs::is_empty(to));
  };
  write_file(from / "extra", "");
  expect({"extra"});
  fs::remove(from / "extra");

  fs::create_directory(from / "base/2");
  expect({"base/2"});
  fs::remove(from / "base/2");

  fs::remove(from / "PG_VERSION");
  expect({"PG_VERSION"});
  fs::create_directory(from / "PG_VERSION");
  expect({"PG_VERSION"});
  fs::remove(from / "PG_VERSION");
  write_file(from / "PG_VERSION", "15");
  expect({"PG_VERSION"});
  write_file(from / "PG_VERSION", "16\n");
  expect({"PG_VERSION"});
  write_file(from / "PG_VERSION", "15\n");

  fs::remove(from / "inside");
  fs::create_symlink("base", from / "inside");
  expect({"inside"});
}

TEST_F(CopySet, CatchesEveryFlippedBit) {
  const unsigned seed = std::random_device{}();
  RecordProperty("seed", std::to_string(seed));
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 source{seed};
  const std::string content = read_file(from / "base/1/16384");
  for (int round = 0; round < 50; ++round) {
    std::string flipped = content;
    const std::size_t at = source() % flipped.size();
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (source() % 8)));
    fs::permissions(from / "base/1", fs::perms::owner_all);
    write_file(from / "base/1/16384", flipped);
    ASSERT_EQ(differing(), std::vector<std::string>{"base/1/16384"}) << "byte " << at;
    ASSERT_TRUE(fs::is_empty(to));
  }
}

TEST_F(CopySet, RefusesATargetThatIsNotEmptyAndLeavesItAlone) {
  write_file(to / "precious", "data");
  EXPECT_EQ(problem(), ErrorCode::refused);
  EXPECT_EQ(names_in(to), std::vector<std::string>{"precious"});
}

TEST_F(CopySet, SaysWhatDiffers) {
  write_file(from / "PG_VERSION", "15");
  write_file(from / "extra", "");
  fs::remove(from / "inside");
  EXPECT_EQ(text_of(copy_set(from, to, expected)),
      "PG_VERSION: 2 bytes where the list says 3\nextra: not in the list\ninside: missing\n");
}

TEST_F(CopySet, LeavesTheTargetEmptyWhenItFailsHalfway) {
  const pid_t copied = in_another_process([&] {
    allow_files_of(100'000);
    return problem() == ErrorCode::io ? 0 : 1;
  });
  EXPECT_EQ(exit_status_of(copied), 0);
  EXPECT_TRUE(fs::is_empty(to));
}

TEST_F(CopySet, RefusesATargetThatIsNotThere) {
  fs::remove(to);
  EXPECT_EQ(problem(), ErrorCode::io);
  EXPECT_FALSE(fs::exists(to));
}

TEST_F(CopySet, RefusesTheSetItselfAsTarget) {
  EXPECT_THROW(static_cast<void>(copy_set(from, from / "pg_tblspc", expected)), Error);
  EXPECT_EQ(digest_of_tree(from), expected);
}

TEST_F(CopySet, RefusesLinksThatLeaveTheSet) {
  for (const char* target : {"/var", "../../data", "../..", "../base/../../.."}) {
    fs::remove(from / "pg_tblspc/16400");
    fs::create_symlink(target, from / "pg_tblspc/16400");
    expected = digest_of_tree(from);
    EXPECT_EQ(problem(), ErrorCode::refused) << target;
    EXPECT_TRUE(fs::is_empty(to));
  }
}

TEST_F(CopySet, RefusesAnEmptyListBecauseItProvesNothing) {
  expected.clear();
  EXPECT_EQ(problem(), ErrorCode::refused);
}

TEST_F(CopySet, RefusesSpecialFiles) {
  ASSERT_EQ(mkfifo((from / ".s.PGSQL.5432").c_str(), 0600), 0);
  EXPECT_EQ(problem(), ErrorCode::io);
  EXPECT_TRUE(fs::is_empty(to));
}

TEST(SetDifferences, AreNamedUpToTwenty) {
  std::vector<SetDifference> differences(20, {"base/1", "missing"});
  EXPECT_EQ(text_of(differences).find("more"), std::string::npos);
  differences.resize(33, {"base/2", "missing"});
  EXPECT_TRUE(text_of(differences).ends_with("base/1: missing\nand 13 more\n"));
}

}  // namespace
}  // namespace pgrehearse
