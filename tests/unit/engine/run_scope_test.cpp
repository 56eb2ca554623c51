// Who a run is, and what its journal says after it died.
#include "harness/engine/run_scope.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <regex>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/engine/journal_file.hpp"

namespace pgrehearse {
namespace {

class RunScope : public testing::Test {
 public:
  RunScope(const RunScope&) = delete;
  RunScope& operator=(const RunScope&) = delete;

 protected:
  RunScope() { setenv("PGREHEARSE_STATE_DIR", state_.path().c_str(), 1); }
  ~RunScope() override { unsetenv("PGREHEARSE_STATE_DIR"); }

  TempDir state_{"run-scope"};
};

TEST_F(RunScope, RunIdsAreSortableAndUnique) {
  const std::string first = new_run_id();
  EXPECT_TRUE(std::regex_match(first, std::regex{"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}"})) << first;
  EXPECT_NE(first, new_run_id());
}

TEST_F(RunScope, ThisProcessIsAlive) {
  EXPECT_TRUE(owner_is_alive(owner_of_this_process()));
}

TEST_F(RunScope, OwnersOfOtherTimesAreDead) {
  const std::vector<std::string> parts = split(owner_of_this_process(), ':');
  EXPECT_FALSE(owner_is_alive(parts[0] + ":" + parts[1] + ":" + parts[2] + "1")) << "pid reused";
  EXPECT_FALSE(owner_is_alive("0000-another-boot:" + parts[1] + ":" + parts[2])) << "another boot";
  EXPECT_FALSE(owner_is_alive(""));
  EXPECT_FALSE(owner_is_alive("no owner"));
}

TEST_F(RunScope, AZombieIsDead) {
  std::string owner;
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    const std::string own = owner_of_this_process();
    _exit(write(ends[1], own.data(), own.size()) == std::ssize(own) ? 0 : 1);
  }
  siginfo_t info{};
  waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
  owner.resize(200);
  owner.resize(static_cast<std::size_t>(read(ends[0], owner.data(), owner.size())));
  close(ends[0]);
  close(ends[1]);
  EXPECT_FALSE(owner_is_alive(owner));
  waitpid(pid, nullptr, 0);
}

TEST_F(RunScope, AJournalTellsOwnerAndIntents) {
  RunJournal journal{new_run_id()};
  journal.intend("container", "a \"name\"");
  journal.intend("directory", "/somewhere");
  const std::optional<JournalContent> content = read_journal(journal.folder());
  ASSERT_TRUE(content.has_value());
  EXPECT_EQ(content->run_id, journal.run_id());
  EXPECT_EQ(content->owner, owner_of_this_process());
  EXPECT_FALSE(content->kept);
  ASSERT_EQ(content->intents.size(), 2U);
  EXPECT_EQ(content->intents[0].name, "a \"name\"");
  EXPECT_EQ(content->intents[1].kind, "directory");
}

TEST_F(RunScope, AJournalTellsThatItsRunWasKept) {
  RunJournal journal{new_run_id()};
  journal.keep();
  EXPECT_TRUE(read_journal(journal.folder()).value().kept);
}

TEST_F(RunScope, ATornLastLineIsPassedOver) {
  RunJournal journal{new_run_id()};
  journal.intend("container", "whole");
  const std::string whole = read_file(journal.folder() / "journal");
  write_file(journal.folder() / "journal", whole + "{\"kind\":\"contai", 0600);
  EXPECT_EQ(read_journal(journal.folder()).value().intents.size(), 1U);
}

TEST_F(RunScope, AnIntentThatCannotBeWrittenIsAnError) {
  RunJournal journal{new_run_id()};
  std::filesystem::remove(journal.folder() / "journal");
  EXPECT_THROW(journal.intend("container", "x"), Error);
}

TEST_F(RunScope, TwoRunsOfOneIdAreRefused) {
  const RunJournal journal{new_run_id()};
  EXPECT_THROW(RunJournal{journal.run_id()}, Error);
  EXPECT_TRUE(read_journal(journal.folder()).has_value());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{state_.path() / "runs"}, {}), 1);
}

TEST_F(RunScope, AFolderOfAnotherUserIsRefused) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "only root can give a folder away";
  }
  ASSERT_EQ(chown(state_.path().c_str(), 65534, 65534), 0);
  try {
    const RunJournal journal{new_run_id()};
    FAIL() << "trusted the folder of another user";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::refused);
  }
}

TEST_F(RunScope, TheJournalIsPrivateAndItsFolderPassable) {
  const RunJournal journal{new_run_id()};
  struct stat found {};
  ASSERT_EQ(stat(journal.folder().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0711U);
  ASSERT_EQ(stat((journal.folder() / "journal").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(RunScope, AnUnfinishedNameTellsItsOwner) {
  const std::string owner = owner_of_this_process();
  EXPECT_EQ(owner_of_unfinished(unfinished_name("20260101T000000Z-00000000", owner)), owner);
  EXPECT_FALSE(owner_of_unfinished("20260101T000000Z-00000000").has_value());
  EXPECT_FALSE(owner_of_unfinished(".hidden.tmp").has_value());
}

}  // namespace
}  // namespace pgrehearse
