// The program itself: what Postgres and the engines see are its exit statuses.
#include <filesystem>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/agent/digest_list.hpp"
#include "tests/unit/agent/given.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

const std::string seventh = "000000010000000000000007";

struct AgentProgram : testing::Test {
  void SetUp() override {
    if (!fs::exists(program)) {
      GTEST_SKIP() << "the agent was not built beside this program";
    }
    fs::create_directory(archive);
    write_file(source, segment(7));
  }
  // Standard output goes to the file "out", standard error to "err".
  [[nodiscard]] int agent(std::vector<std::string> words, const std::string& input = {}) const {
    write_file(folder.path() / "in", input);
    words.insert(words.begin(), program.string());
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words) {
      argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    const auto redirect = [&](int fd, const char* name, int flags) {
      posix_spawn_file_actions_addopen(&actions, fd, (folder.path() / name).c_str(), flags, 0600);
    };
    redirect(STDIN_FILENO, "in", O_RDONLY);
    redirect(STDOUT_FILENO, "out", O_WRONLY | O_CREAT | O_TRUNC);
    redirect(STDERR_FILENO, "err", O_WRONLY | O_CREAT | O_TRUNC);
    pid_t pid = -1;
    const int problem = posix_spawn(&pid, program.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    int status = -1;
    if (problem != 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) {
      return -1;
    }
    return WEXITSTATUS(status);
  }
  [[nodiscard]] std::string said() const { return read_file(folder.path() / "err"); }

  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path() / "pgrehearse-agent";
  const TempDir folder{"agent-test"};
  const std::string archive = folder.path() / "archive";
  const std::string source = folder.path() / "source";
  const std::string target = folder.path() / "target";
  const std::string record = folder.path() / "record";
};

TEST_F(AgentProgram, RefusesWrongUsageWithItsOwnStatus) {
  EXPECT_EQ(agent({}), 64);
  EXPECT_EQ(agent({"archive-pull"}), 64);
  EXPECT_EQ(agent({"archive-push", source, archive}), 64);
  EXPECT_NE(said().find("usage: pgrehearse-agent archive-push"), std::string::npos);
  EXPECT_EQ(agent({"archive-push", source, archive, "../escaped"}), 64);
  EXPECT_EQ(agent({"archive-push", source, "archive", seventh}), 64);
  EXPECT_EQ(agent({"digest", "relative"}), 64);
  EXPECT_EQ(agent({"put"}), 64);
  EXPECT_EQ(agent({"served-certificate", "localhost"}), 64);
  EXPECT_EQ(agent({"beside", "here", "true"}), 64);
  EXPECT_EQ(agent({"beside", "1"}), 64);
  EXPECT_EQ(agent({"supervise", "--ttl", "soon"}), 64);
}

TEST_F(AgentProgram, RunsNothingWhenItCannotGetBesideTheServer) {
  EXPECT_EQ(agent({"beside", "4194305", "touch", target}), 2);
  EXPECT_FALSE(fs::exists(target));
}

TEST_F(AgentProgram, NeverLetsPostgresTakeWrongUsageForTheEndOfTheArchive) {
  EXPECT_EQ(agent({"archive-get"}), 200);
  EXPECT_EQ(agent({"archive-get", archive, seventh, target}), 200);
  EXPECT_EQ(agent({"archive-get", "archive", seventh, target, record}), 200);
}

TEST_F(AgentProgram, PushesAndGetsASegment) {
  EXPECT_EQ(agent({"archive-get", archive, seventh, target, record}), 1);
  EXPECT_EQ(agent({"archive-push", source, archive, seventh}), 0);
  EXPECT_EQ(agent({"archive-push", source, archive, seventh}), 0);
  EXPECT_EQ(agent({"archive-get", archive, seventh, target, record}), 0);
  EXPECT_TRUE(read_file(target) == segment(7));
  write_file(source, segment(7, 16 * mebibyte, 2));
  EXPECT_EQ(agent({"archive-push", source, archive, seventh}), 1);
  EXPECT_NE(said().find("different content"), std::string::npos);
  fs::remove_all(archive);
  EXPECT_EQ(agent({"archive-get", archive, seventh, target, record}), 200);
  EXPECT_EQ(agent({"archive-push", source, archive, seventh}), 1);
}

TEST_F(AgentProgram, CopiesATreeAndSyncsIt) {
  write_file(archive + "/file", "content");
  EXPECT_EQ(agent({"copy-tree", archive, target}), 0);
  EXPECT_EQ(digest_of_tree(target), digest_of_tree(archive));
  EXPECT_EQ(agent({"copy-tree", archive, target}), 1);
  EXPECT_EQ(agent({"sync", target}), 0);
  EXPECT_EQ(agent({"sync", folder.path() / "absent"}), 1);
}

TEST_F(AgentProgram, FlipsOneBit) {
  const std::string file = archive + "/file";
  write_file(file, "abc");
  EXPECT_EQ(agent({"flip", file, "1"}), 0);
  EXPECT_EQ(read_file(file), "acc");
  EXPECT_EQ(agent({"flip", file, "1"}), 0);
  EXPECT_EQ(read_file(file), "abc");
  EXPECT_EQ(agent({"flip", file, "3"}), 64);
  EXPECT_EQ(agent({"flip", file, "1x"}), 64);
  EXPECT_EQ(agent({"flip", archive + "/absent", "0"}), 1);
  EXPECT_EQ(read_file(file), "abc");
}

TEST_F(AgentProgram, DigestsAndCopiesASet) {
  const std::string list = folder.path() / "list";
  write_file(archive + "/file", "content");
  fs::create_directory(target);
  ASSERT_EQ(agent({"digest", archive}), 0);
  fs::copy_file(folder.path() / "out", list);
  EXPECT_EQ(read_file(list), text_of(digest_of_tree(archive)));
  EXPECT_EQ(agent({"copy-set", archive, target, list}), 0);
  EXPECT_EQ(digest_of_tree(target), digest_of_tree(archive));
  EXPECT_EQ(agent({"copy-set", archive, target, list}), 1);
  fs::remove(fs::path{target} / "file");
  write_file(archive + "/file", "Content");
  EXPECT_EQ(agent({"copy-set", archive, target, list}), 2);
  EXPECT_NE(said().find("file: other content"), std::string::npos);
  EXPECT_TRUE(fs::is_empty(target));
  EXPECT_EQ(agent({"digest", folder.path() / "absent"}), 2);
}

TEST_F(AgentProgram, PutsItsInput) {
  EXPECT_EQ(agent({"put", target}, "a secret"), 0);
  EXPECT_EQ(read_file(target), "a secret");
  EXPECT_EQ(agent({"put", "/proc/absent"}, "a secret"), 2);
  EXPECT_EQ(said().find("a secret"), std::string::npos);
}

TEST_F(AgentProgram, SupervisesNoLongerThanAllowed) {
  EXPECT_EQ(agent({"supervise", "--ttl", "0"}), 124);
}

}  // namespace
}  // namespace pgrehearse
