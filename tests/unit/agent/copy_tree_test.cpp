#include <filesystem>

#include <gtest/gtest.h>

#include "harness/agent/copy_entries.hpp"
#include "harness/agent/digest_list.hpp"
#include "harness/base/error.hpp"
#include "tests/unit/agent/given.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

struct CopyTree : testing::Test {
  CopyTree() {
    fs::create_directories(from / "base/1");
    write_file(from / "PG_VERSION", "15\n", 0600);
    write_file(from / "base/1/more-than-one-piece", noise(600'001, 3), 0640);
    write_file(from / "base/1/exactly-one-piece", noise(256UL * 1024, 4), 0600);
    write_file(from / "base/1/nothing", "", 0600);
    fs::create_symlink("base/1", from / "link");
    fs::permissions(from / "base", fs::perms::owner_read | fs::perms::owner_exec);
  }
  void TearDown() override {
    fs::permissions(from / "base", fs::perms::owner_all);
    if (fs::exists(to / "base")) {
      fs::permissions(to / "base", fs::perms::owner_all);
    }
  }
  const TempDir folder{"copy-tree-test"};
  const fs::path from = folder.path() / "template";
  const fs::path to = folder.path() / "data";
};

TEST_F(CopyTree, CopiesEveryEntryAsItIs) {
  copy_tree(from, to);
  EXPECT_EQ(text_of(digest_of_tree(to)), text_of(digest_of_tree(from)));
  EXPECT_EQ(fs::status(to).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(to / "base").permissions(), fs::status(from / "base").permissions());
  EXPECT_EQ(fs::status(to / "base/1/more-than-one-piece").permissions(),
      fs::status(from / "base/1/more-than-one-piece").permissions());
}

TEST_F(CopyTree, IsNotMadeOverWhatIsThere) {
  fs::create_directory(to);
  write_file(to / "PG_VERSION", "14\n", 0600);
  EXPECT_THROW(copy_tree(from, to), Error);
  EXPECT_EQ(read_file(to / "PG_VERSION"), "14\n");
}

}  // namespace
}  // namespace pgrehearse
