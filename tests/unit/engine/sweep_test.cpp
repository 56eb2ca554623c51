// The sweeper takes what dead runs left, and nothing else. Each test has a state folder of its own.
#include "harness/engine/sweep.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/files.hpp"
#include "harness/engine/journal_file.hpp"
#include "harness/engine/local_removal.hpp"
#include "harness/engine/proc.hpp"
#include "harness/engine/run_scope.hpp"
#include "harness/process/run.hpp"
#include "harness/process/spawn.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

// A harness that makes something and is dead when this returns.
void as_a_harness_that_dies(const std::function<void()>& body) {
  const pid_t pid = fork();
  if (pid == 0) {
    try {
      body();
    } catch (const std::exception&) {
      _exit(1);
    }
    _exit(0);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  ASSERT_EQ(status, 0) << "the harness that should leave something behind failed";
}

// A process like one that a harness started: marked, in the background. Ended with the test.
class Background {
 public:
  Background(const std::string& mark, const fs::path& cwd) {
    const OwnedFd null = open_null();
    SpawnRequest request{.argv = {"sleep", "300"},
        .environment = own_environment(),
        .cwd = cwd,
        .own_session = true,
        .input = null.get(),
        .output = null.get(),
        .errors = null.get()};
    if (!mark.empty()) {
      set_variable(request.environment, "PGREHEARSE_OWNER", mark);
    }
    pid_ = spawn(request);
  }
  ~Background() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  [[nodiscard]] bool alive() const { return process_seen(pid_).has_value(); }

 private:
  pid_t pid_ = -1;
};

// A marked process that takes long to exit: the kernel has to give back half a gigabyte, and
// meanwhile nobody can read its environment.
pid_t slow_to_exit(const std::string& mark) {
  constexpr std::size_t much = std::size_t{512} << 20U;
  const OwnedFd null = open_null();
  Pipe ready = make_pipe();
  SpawnRequest request{
      .argv = {"perl", "-e",
          "my $much = 'x' x " + std::to_string(much) + "; print 'r'; close STDOUT; sleep 300"},
      .environment = own_environment(),
      .cwd = "/",
      .own_session = true,
      .input = null.get(),
      .output = ready.write_end.get(),
      .errors = null.get()};
  set_variable(request.environment, "PGREHEARSE_INSTANCE", mark);
  const pid_t pid = spawn(request);
  ready.write_end.reset();
  char byte = 0;
  EXPECT_EQ(read(ready.read_end.get(), &byte, 1), 1);
  return pid;
}

TEST(KillProcesses, WaitsForOneThatIsStillExiting) {
  const std::string mark = "run/instance-that-is-killed";
  const pid_t pid = slow_to_exit(mark);
  EXPECT_TRUE(kill_processes_of({.folder = "/nowhere", .mark = mark}, Seconds{30}).empty());
  EXPECT_FALSE(process_seen(pid).has_value());
  waitpid(pid, nullptr, 0);
}

class Sweep : public testing::Test {
 public:
  Sweep(const Sweep&) = delete;
  Sweep& operator=(const Sweep&) = delete;

 protected:
  Sweep() {
    setenv("PGREHEARSE_STATE_DIR", state_.path().c_str(), 1);
    unsetenv("PGREHEARSE_CACHE_DIR");  // it lies in the state folder then
    fs::create_directories(runs());
  }
  ~Sweep() override { unsetenv("PGREHEARSE_STATE_DIR"); }

  [[nodiscard]] fs::path runs() const { return state_.path() / "runs"; }
  // A dead run with a journal and a file of its own.
  [[nodiscard]] std::string dead_run(bool kept = false) const {
    const std::string run_id = new_run_id();
    as_a_harness_that_dies([&] {
      RunJournal journal{run_id};
      journal.intend("directory", (journal.folder() / "source-1").string());
      fs::create_directories(journal.folder() / "source-1" / "data");
      write_file(journal.folder() / "source-1" / "data" / "file", "x");
      if (kept) {
        journal.keep();
      }
    });
    EXPECT_TRUE(fs::exists(runs() / run_id / "source-1"));
    return run_id;
  }
  static bool removed(const SweepResult& result, const std::string& run_id) {
    return std::any_of(result.removed.begin(), result.removed.end(),
        [&](const Owned& owned) { return owned.run_id == run_id; });
  }

  TempDir state_{"sweep"};
};

TEST_F(Sweep, RemovesTheFolderOfADeadRun) {
  const std::string run_id = dead_run();
  const SweepResult result = sweep();
  EXPECT_FALSE(fs::exists(runs() / run_id));
  EXPECT_TRUE(removed(result, run_id));
  EXPECT_TRUE(result.left.empty());
}

TEST_F(Sweep, LeavesALiveRunAlone) {
  const RunJournal journal{new_run_id()};
  const Background process{journal.run_id(), "/"};
  (void)sweep();
  EXPECT_TRUE(fs::exists(journal.folder() / "journal"));
  EXPECT_TRUE(process.alive());
}

TEST_F(Sweep, TakesALiveRunWhenItIsNamed) {
  const RunJournal journal{new_run_id()};
  const RunJournal other{new_run_id()};
  const Background process{journal.run_id(), "/"};
  (void)sweep({.only_run = journal.run_id()});
  EXPECT_FALSE(fs::exists(journal.folder()));
  EXPECT_FALSE(process.alive());
  EXPECT_TRUE(fs::exists(other.folder()));
}

TEST_F(Sweep, AsksContainerEnginesOnlyWhereTheJournalNamesSomethingOfTheirs) {
  const auto named = [](const std::string& kind, const std::string& name) {
    return names_container_things({.run_id = "r", .owner = "o", .intents = {{kind, name}}});
  };
  EXPECT_TRUE(named("container", "pgr-r-source"));
  EXPECT_TRUE(named("network", "pgr-r-region-a"));
  EXPECT_TRUE(named("volume", "pgr-r-archive"));
  EXPECT_FALSE(named("volume", "/var/tmp/pgrehearse/runs/r/volumes/archive"));
  EXPECT_FALSE(named("directory", "/var/tmp/pgrehearse/runs/r/agent"));
}

TEST_F(Sweep, LeavesOtherDeadRunsWhenOneIsNamed) {
  const std::string named = dead_run();
  const std::string other = dead_run();
  (void)sweep({.only_run = named});
  EXPECT_FALSE(fs::exists(runs() / named));
  EXPECT_TRUE(fs::exists(runs() / other));
}

TEST_F(Sweep, KillsProcessesOfADeadRunByMarkAndByFolder) {
  const std::string run_id = dead_run();
  const Background marked{run_id, "/"};
  const Background inside{"", runs() / run_id / "source-1" / "data"};
  const Background foreign{"", "/"};
  (void)sweep();
  EXPECT_FALSE(marked.alive());
  EXPECT_FALSE(inside.alive());
  EXPECT_TRUE(foreign.alive());
}

TEST_F(Sweep, LeavesProcessesOfARunItKnowsNothingAbout) {
  const Background marked{new_run_id(), "/"};
  (void)sweep();
  EXPECT_TRUE(marked.alive()) << "its run may live, with its journal in another state folder";
}

TEST_F(Sweep, NeverKillsItselfOrWhoStartedIt) {
  const std::string run_id = dead_run();
  setenv("PGREHEARSE_STATE_DIR", state_.path().c_str(), 1);
  // A harness that works in the folder of the very run it sweeps, as one started from a shell
  // there.
  const pid_t pid = fork();
  if (pid == 0) {
    fs::current_path(runs() / run_id / "source-1");
    _exit(sweep({.only_run = run_id}).left.empty() ? 0 : 1);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  EXPECT_TRUE(WIFEXITED(status)) << "the sweeper killed itself";
  EXPECT_EQ(status, 0);
}

TEST_F(Sweep, SkipsKeptRunsUntilToldOtherwise) {
  const std::string run_id = dead_run(true);
  (void)sweep();
  EXPECT_TRUE(fs::exists(runs() / run_id / "source-1"));
  (void)sweep({.kept_too = true});
  EXPECT_FALSE(fs::exists(runs() / run_id));
}

TEST_F(Sweep, LeavesFoldersThatOnlyLookLikeOurs) {
  const fs::path empty = runs() / new_run_id();
  const fs::path without_owner = runs() / new_run_id();
  const fs::path renamed = runs() / new_run_id();
  const fs::path elsewhere = state_.path() / "elsewhere";
  const fs::path linked = runs() / new_run_id();
  fs::create_directories(empty);
  fs::create_directories(without_owner);
  write_file(
      without_owner / "journal", "{\"run\":\"" + without_owner.filename().string() + "\"}\n");
  fs::rename(runs() / dead_run(), renamed);
  fs::rename(runs() / dead_run(), elsewhere);
  fs::create_directory_symlink(elsewhere, linked);
  write_file(runs() / "notes.txt", "mine");
  const SweepResult result = sweep();
  EXPECT_TRUE(result.removed.empty());
  EXPECT_TRUE(result.left.empty()) << "it wanted to remove " << result.left.front().name;
  for (const fs::path& path : {empty, without_owner, renamed, elsewhere, linked}) {
    EXPECT_TRUE(fs::exists(path)) << path;
  }
  EXPECT_TRUE(fs::exists(elsewhere / "source-1" / "data" / "file"));
  EXPECT_TRUE(fs::exists(runs() / "notes.txt"));
}

TEST_F(Sweep, LeavesAJournalThatAnotherUserWrote) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "only root can make another user's file";
  }
  const std::string run_id = dead_run();
  ASSERT_EQ(chown((runs() / run_id / "journal").c_str(), 65534, 65534), 0);
  (void)sweep();
  EXPECT_TRUE(fs::exists(runs() / run_id / "source-1"));
}

TEST_F(Sweep, FollowsNoLinkOutOfTheRun) {
  const TempDir canary{"canary"};
  write_file(canary.path() / "precious", "bytes");
  const std::string run_id = dead_run();
  fs::create_directory_symlink(canary.path(), runs() / run_id / "source-1" / "link");
  fs::create_directory_symlink(canary.path(), runs() / run_id / "link");
  (void)sweep();
  EXPECT_FALSE(fs::exists(runs() / run_id));
  EXPECT_EQ(read_file(canary.path() / "precious"), "bytes");
}

TEST_F(Sweep, RemovesWhatADeadHarnessHadOnlyBegunToMake) {
  const fs::path templates = state_.path() / "cache" / "templates";
  fs::create_directories(templates);
  as_a_harness_that_dies([&] {
    fs::create_directories(templates / unfinished_name("0123abcd", owner_of_this_process()));
    fs::create_directories(runs() / unfinished_name(new_run_id(), owner_of_this_process()));
  });
  const fs::path in_the_making = templates / unfinished_name("0123abcd", owner_of_this_process());
  fs::create_directories(in_the_making);
  fs::create_directories(templates / "0123abcd");
  (void)sweep();
  EXPECT_TRUE(fs::exists(in_the_making)) << "a living harness works on it";
  EXPECT_TRUE(fs::exists(templates / "0123abcd"));
  EXPECT_EQ(std::distance(fs::directory_iterator{templates}, {}), 2);
  EXPECT_TRUE(fs::is_empty(runs()));
}

TEST_F(Sweep, SaysWhatItFinds) {
  const std::string run_id = dead_run();
  const Background marked{run_id, "/"};
  std::vector<Owned> found = find_owned();
  std::erase_if(found, [&](const Owned& owned) { return owned.run_id != run_id; });
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].kind, "process");
  EXPECT_EQ(found[1].kind, "directory");
  EXPECT_EQ(found[1].name, (runs() / run_id).string());
  EXPECT_FALSE(owner_is_alive(found[0].owner));
}

}  // namespace
}  // namespace pgrehearse
