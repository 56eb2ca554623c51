#include "harness/project/history.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/process/run.hpp"
#include "tests/program/developer_git.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

class Repository : public testing::Test {
 protected:
  void SetUp() override {
    git({"init", "--quiet", "--initial-branch=main"});
    fs::create_directories(root() / "db");
    write_file(root() / ".gitignore", "node_modules/\n");
    write_file(root() / "db" / "1.sql", "of the base\n");
    commit();
    git({"switch", "--quiet", "--create", "change"});
  }

  [[nodiscard]] const fs::path& root() const { return folder_.path(); }
  void git(const std::vector<std::string>& words) const { developer_git(root(), words); }
  void commit() const {
    git({"add", "--all"});
    git({"commit", "--quiet", "--message", "a change"});
  }

  TempDir folder_{"history"};
};

TEST_F(Repository, GivesTheFilesOfTheBaseAndLinksToWhatIsIgnored) {
  write_file(root() / "db" / "1.sql", "of the change\n");
  write_file(root() / "db" / "2.sql", "new\n");
  commit();
  fs::create_directories(root() / "node_modules");
  write_file(root() / "node_modules" / "tool", "a program\n");
  write_file(root() / "staged", "not yet committed\n");
  git({"add", "staged"});

  const History history{root() / "db"};
  const TempDir then{"then"};
  history.write_files_of(history.base_of("main"), then.path());
  EXPECT_EQ(read_file(then.path() / "db" / "1.sql"), "of the base\n");
  EXPECT_FALSE(fs::exists(then.path() / "db" / "2.sql"));
  EXPECT_EQ(read_file(then.path() / "node_modules" / "tool"), "a program\n");
  const Completed staged =
      run({.argv = {"git", "-C", root().string(), "diff", "--cached", "--name-only"}});
  EXPECT_EQ(staged.out, "staged\n") << "what somebody is about to commit is left alone";
}

TEST_F(Repository, KnowsWhatChangedCommittedOrNot) {
  const History history{root()};
  const std::string base = history.base_of("main");
  EXPECT_TRUE(history.changed_since(base).empty());
  write_file(root() / "db" / "2.sql", "new\n");
  commit();
  write_file(root() / "db" / "1.sql", "edited\n");
  write_file(root() / "db" / "3 \"x\".sql", "untracked\n");
  const std::vector<fs::path> changed{"db/1.sql", "db/2.sql", "db/3 \"x\".sql"};
  EXPECT_EQ(history.changed_since(base), changed);
}

TEST_F(Repository, LeavesOutWhatCameIntoTheBaseSince) {
  write_file(root() / "db" / "2.sql", "new\n");
  commit();
  git({"switch", "--quiet", "main"});
  write_file(root() / "db" / "of-others.sql", "later\n");
  commit();
  git({"switch", "--quiet", "change"});
  const History history{root()};
  const std::vector<fs::path> changed{"db/2.sql"};
  EXPECT_EQ(history.changed_since(history.base_of("main")), changed);
}

TEST_F(Repository, SaysWhatIsMissing) {
  const auto refused = [](const auto& act) {
    try {
      act();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_config);
      return error.message() + " " + error.hint();
    }
    return std::string{};
  };
  const History history{root()};
  EXPECT_NE(refused([&] { static_cast<void>(history.base_of("mian")); }).find("'main'"),
      std::string::npos);
  git({"switch", "--quiet", "--orphan", "alone"});
  git({"commit", "--quiet", "--allow-empty", "--message", "alone"});
  EXPECT_NE(refused([&] { static_cast<void>(history.base_of("main")); }).find("--unshallow"),
      std::string::npos);
  const TempDir elsewhere{"elsewhere"};
  EXPECT_NE(
      refused([&] { static_cast<void>(History{elsewhere.path()}); }).find("no git repository"),
      std::string::npos);
}

}  // namespace
}  // namespace pgrehearse
