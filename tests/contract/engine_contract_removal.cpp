// The contract of engines, second half: what is killed, kept, removed, and never left behind.
#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <random>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/engine/sweep.hpp"
#include "harness/engine/watchdog.hpp"
#include "harness/process/run.hpp"
#include "harness/process/wait.hpp"
#include "tests/contract/engine_contract.hpp"

namespace pgrehearse {
namespace {

// A run of a process of its own that does what a drill does: everything made, a server started,
// then it waits for its end. Writes a byte when the watchdog is up, and one when the server
// answers.
[[noreturn]] void be_a_harness(
    const EngineUnderTest& under_test, const std::string& run_id, int report) {
  try {
    RunJournal journal{run_id};
    mark_children(run_id);
    const Watchdog watchdog{run_id};
    if (write(report, "w", 1) != 1) {
      _exit(1);
    }
    const std::unique_ptr<Engine> engine = under_test.make({.engine = under_test.name}, journal);
    engine->create_volume("archive");
    const auto instance = engine->create({.name = "doomed", .volumes = {{"archive"}}});
    exec_or_throw(*instance,
        {.argv = {"pg_ctl", "start", "-w", "-D", instance->path_of(Place::data), "-l",
             instance->path_of(Place::scratch) + "/log", "-o", start_options(*instance)}});
    if (write(report, "s", 1) != 1) {
      _exit(1);
    }
    while (true) {
      pause();
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
  }
  _exit(1);
}

// The process above, seen from the test.
class DoomedHarness {
 public:
  DoomedHarness(const EngineUnderTest& under_test, const std::string& run_id) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw Error{ErrorCode::internal, "no pipe"};
    }
    pid_ = fork();
    if (pid_ == 0) {
      close(ends[0]);
      be_a_harness(under_test, run_id, ends[1]);
    }
    close(ends[1]);
    report_ = ends[0];
  }
  ~DoomedHarness() {
    kill_now();
    close(report_);
  }
  DoomedHarness(const DoomedHarness&) = delete;
  DoomedHarness& operator=(const DoomedHarness&) = delete;

  // The next byte it reports; 0 when it died.
  char next_report() const {
    char byte = 0;
    return read(report_, &byte, 1) == 1 ? byte : '\0';
  }
  void kill_now() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
      pid_ = -1;
    }
  }

 private:
  pid_t pid_ = -1;
  int report_ = -1;
};

void let_pass(std::chrono::nanoseconds duration) {
  const SteadyTime end = SteadyTime::now() + duration;
  wait_until(
      "a moment to come", Milliseconds{60'000},
      [&]() -> std::optional<std::string> {
        return SteadyTime::now() < end ? std::optional<std::string>{"not yet"} : std::nullopt;
      },
      Milliseconds{1});
}

}  // namespace

TEST_P(EngineContract, KillsEveryProcessAndStartsAgainOnTheSameData) {
  const auto instance = engine().create({.name = "source-1"});
  start_server(*instance);
  answer(*instance, "create table kept as select 7 as seven");
  instance->kill_processes();
  EXPECT_FALSE(ask(*instance, engine().superuser_password(), "select 1", Seconds{5}).ok());
  EXPECT_NE(
      instance->exec({.argv = {"pg_ctl", "status", "-D", instance->path_of(Place::data)}}).status,
      0);
  start_server(*instance);
  EXPECT_EQ(answer(*instance, "select seven from kept"), "7");
}

TEST_P(EngineContract, KillsOneInstanceAndNotItsNeighbour) {
  const auto first = engine().create({.name = "one"});
  const auto second = engine().create({.name = "one-more"});
  start_server(*first);
  start_server(*second);
  first->kill_processes();
  EXPECT_EQ(answer(*second, "select 1"), "1");
}

TEST_P(EngineContract, RemovesARunningInstanceWithAllItHad) {
  std::string command;
  {
    const auto instance = engine().create({.name = "source-1"});
    start_server(*instance);
    EXPECT_FALSE(owned_now().empty()) << "nothing to remove, so nothing would be proven";
    command = instance->removal_command();
  }
  const std::vector<Owned> left = owned_now();
  const bool all_gone = std::none_of(left.begin(), left.end(), [](const Owned& owned) {
    return owned.name.find("source-1") != std::string::npos || owned.kind == "process" ||
           owned.kind == "shared memory";
  });
  EXPECT_TRUE(all_gone) << listed(left);
  EXPECT_NE(command.find(journal().run_id()), std::string::npos) << command;
}

TEST_P(EngineContract, RemovesTheWholeRunAndSaysThenThatInstancesAreGone) {
  engine().create_volume("archive");
  const auto instance = engine().create({.name = "source-1", .volumes = {{"archive"}}});
  start_server(*instance);
  engine().remove_run();
  EXPECT_TRUE(owned_now().empty()) << listed(owned_now());
  try {
    (void)instance->exec({.argv = {"true"}});
    FAIL() << "ran a program in an instance that is gone";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::instance_failed);
  }
  EXPECT_NO_THROW(engine().remove_run());
}

TEST_P(EngineContract, CreatesNothingThatItCouldNotWriteDown) {
  const std::vector<Owned> before = owned_now();
  const std::filesystem::path written = journal().folder() / "journal";
  const std::filesystem::path aside = journal().folder() / "journal.aside";
  std::filesystem::rename(written, aside);
  EXPECT_THROW((void)engine().create({.name = "unwritten"}), Error);
  EXPECT_THROW(engine().create_volume("unwritten"), Error);
  std::filesystem::rename(aside, written);
  EXPECT_EQ(owned_now().size(), before.size()) << listed(owned_now());
  for (const auto& entry : std::filesystem::recursive_directory_iterator{journal().folder()}) {
    EXPECT_EQ(entry.path().string().find("unwritten"), std::string::npos) << entry.path();
  }
}

TEST_P(EngineContract, KeepsARunUntilItIsSweptByName) {
  std::string data;
  {
    const auto instance = engine().create({.name = "source-1"});
    start_server(*instance);
    engine().keep();
  }
  engine().remove_run();
  EXPECT_FALSE(owned_now().empty()) << "keep() kept nothing";
  (void)sweep();
  EXPECT_FALSE(owned_now().empty()) << "a sweep took a kept run of a living harness";
  const SweepResult swept = sweep({.only_run = journal().run_id()});
  EXPECT_FALSE(swept.removed.empty());
  EXPECT_TRUE(swept.left.empty()) << listed(swept.left);
  EXPECT_TRUE(owned_by(journal().run_id()).empty()) << listed(owned_by(journal().run_id()));
}

TEST_P(EngineContract, LeavesNothingWhenTheHarnessIsKilledAtAnyMoment) {
  constexpr int moments = 6;
  const Seconds allowed{10};
  SteadyTime begin;
  std::chrono::nanoseconds whole{};
  std::mt19937 random{static_cast<unsigned>(testing::UnitTest::GetInstance()->random_seed()) + 1U};
  for (int moment = 0; moment <= moments; ++moment) {
    const std::string run_id = new_run_id();
    DoomedHarness harness{GetParam(), run_id};
    ASSERT_EQ(harness.next_report(), 'w');
    begin = SteadyTime::now();
    if (moment == 0) {  // the whole way once, to know how long it is
      ASSERT_EQ(harness.next_report(), 's');
      whole = SteadyTime::now() - begin;
      EXPECT_FALSE(owned_by(run_id).empty());
    } else {
      let_pass(whole * std::uniform_int_distribution<int>{0, 1200}(random) / 1000);
    }
    harness.kill_now();
    const SteadyTime killed = SteadyTime::now();
    std::vector<Owned> left;
    wait_until("the watchdog to remove what the dead harness left", Milliseconds{60'000},
        [&]() -> std::optional<std::string> {
          left = owned_by(run_id);
          return left.empty() ? std::nullopt : std::optional{listed(left)};
        });
    const auto took = SteadyTime::now() - killed;
    EXPECT_LE(took, allowed) << "killed " << readable(killed - begin) << " after its start";
    std::cout << fmt::format(
        "  killed after {}: nothing left after {}\n", readable(killed - begin), readable(took));
  }
}

}  // namespace pgrehearse
