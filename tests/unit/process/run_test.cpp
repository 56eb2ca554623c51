// Running programs: what comes back, what ends them, and that nothing leaks into them.
#include "harness/process/run.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

Completed shell(const std::string& script, Milliseconds deadline = Milliseconds{20'000}) {
  return run({.argv = {"/bin/sh", "-c", script}, .deadline = deadline});
}

// A program that says something and goes on, ended at its deadline. One that a busy host has not
// even let speak by then tells nothing: it gets twice as long.
Completed shell_that_goes_on(const std::string& script) {
  Completed completed;
  for (Milliseconds deadline{300}; completed.out.empty() && deadline < Seconds{60}; deadline *= 2) {
    completed = shell(script, deadline);
  }
  return completed;
}

bool is_running(pid_t pid) {
  std::error_code gone;
  if (!std::filesystem::exists("/proc/" + std::to_string(pid), gone)) {
    return false;
  }
  std::string stat;
  try {
    stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  } catch (const Error&) {
    return false;  // it ended between the two looks
  }
  return stat.find(") Z ") == std::string::npos;
}

// A signal was sent to it; when the kernel gets round to it is not ours to say.
void expect_it_ends(const std::string& pid) {
  wait_until("the end of a program", Seconds{60}, [&]() -> std::optional<std::string> {
    return is_running(std::stoi(pid)) ? std::optional<std::string>{"it runs"} : std::nullopt;
  });
}

TEST(Run, GivesStatusAndBothOutputsApart) {
  const Completed completed = shell("echo to-out; echo to-err >&2; exit 7");
  EXPECT_EQ(completed.status, 7);
  EXPECT_FALSE(completed.ok());
  EXPECT_EQ(completed.out, "to-out\n");
  EXPECT_EQ(completed.err, "to-err\n");
}

TEST(Run, MovesMoreThanAPipeHoldsInBothDirections) {
  const std::string sent(3'000'000, 'x');
  const Completed completed = run({.argv = {"cat"}, .input = sent});
  EXPECT_TRUE(completed.ok());
  EXPECT_EQ(completed.out.size(), sent.size());
  EXPECT_TRUE(completed.out == sent);
}

TEST(Run, SurvivesAProgramThatDoesNotReadItsInput) {
  const Completed completed = run({.argv = {"true"}, .input = std::string(1'000'000, 'x')});
  EXPECT_TRUE(completed.ok());
}

TEST(Run, MovesFilesThroughAProgramWithoutHoldingThem) {
  const TempDir folder{"run"};
  const std::string sent(3'000'000, 'x');
  write_file(folder.path() / "in", sent);
  const Completed completed = run(
      {.argv = {"cat"}, .input_file = folder.path() / "in", .output_file = folder.path() / "out"});
  EXPECT_TRUE(completed.ok());
  EXPECT_EQ(completed.out, "");
  EXPECT_TRUE(read_file(folder.path() / "out") == sent);
}

TEST(Run, NeverWritesOverAFileThatIsThere) {
  const TempDir folder{"run"};
  write_file(folder.path() / "out", "precious");
  EXPECT_THROW((void)run({.argv = {"echo"}, .output_file = folder.path() / "out"}), Error);
  EXPECT_THROW((void)run({.argv = {"cat"}, .input_file = folder.path() / "none"}), Error);
  EXPECT_EQ(read_file(folder.path() / "out"), "precious");
}

TEST(Run, WithoutInputReadsNothing) {
  EXPECT_EQ(run({.argv = {"cat"}}).out, "");
}

TEST(Run, SaysWhichSignalEndedTheProgram) {
  EXPECT_EQ(shell("kill -9 $$").status, 128 + SIGKILL);
}

TEST(Run, ThrowsWhenTheProgramDoesNotExist) {
  try {
    (void)run({.argv = {"no-such-program-anywhere"}});
    FAIL() << "started a program that does not exist";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::program_failed);
    EXPECT_NE(error.message().find("no-such-program-anywhere"), std::string::npos);
  }
}

TEST(Run, ThrowsWhenTheWorkingDirectoryDoesNotExist) {
  EXPECT_THROW((void)run({.argv = {"true"}, .cwd = "/nowhere/at/all"}), Error);
}

TEST(Run, EndsTheWholeGroupAtTheDeadline) {
  const Completed completed = shell_that_goes_on("sleep 300 & echo $!; wait");
  EXPECT_TRUE(completed.timed_out);
  EXPECT_LT(completed.took, Seconds{150});
  expect_it_ends(completed.out);
}

TEST(Run, KillsAProgramThatIgnoresTheRequestToEnd) {
  const Completed completed =
      shell_that_goes_on("trap '' TERM; echo $$; while :; do sleep 1; done");
  EXPECT_TRUE(completed.timed_out);
  EXPECT_EQ(completed.status, 128 + SIGKILL);
  EXPECT_GE(completed.took, Seconds{2});
  EXPECT_LT(completed.took, Seconds{150});
  expect_it_ends(completed.out);
}

TEST(Run, DoesNotWaitForABackgroundServerThatHoldsItsPipes) {
  const Completed completed = shell("setsid sleep 300 & echo $!", Seconds{200});
  EXPECT_TRUE(completed.ok());
  EXPECT_LT(completed.took, Seconds{150});
  const pid_t server = std::stoi(completed.out);
  EXPECT_TRUE(is_running(server));
  kill(server, SIGKILL);
}

TEST(Run, ReadsAllThatAProgramWroteBeforeItEnded) {
  const Completed completed = shell("head -c 1000000 /dev/zero | tr '\\0' y");
  EXPECT_EQ(completed.out.size(), 1'000'000U);
}

TEST(Run, AddsAndReplacesEnvironmentVariables) {
  setenv("PGREHEARSE_TEST_VARIABLE", "old", 1);
  const Completed completed = run({.argv = {"/bin/sh", "-c", "echo $PGREHEARSE_TEST_VARIABLE"},
      .env = {{"PGREHEARSE_TEST_VARIABLE", Secret{"new"}}}});
  unsetenv("PGREHEARSE_TEST_VARIABLE");
  EXPECT_EQ(completed.out, "new\n");
}

TEST(Run, MarksEveryChild) {
  mark_children("20260101T000000Z-0badcafe");
  const Completed completed = shell("echo $PGREHEARSE_OWNER");
  mark_children("");
  EXPECT_EQ(completed.out, "20260101T000000Z-0badcafe\n");
}

TEST(Run, HandsNoOpenFileToTheChild) {
  const int leaky = open("/dev/null", O_RDONLY);  // without O_CLOEXEC, as a library might
  ASSERT_GT(leaky, 2);
  const Completed completed = shell("ls /proc/$$/fd");
  close(leaky);
  EXPECT_EQ(lines_of(completed.out), (std::vector<std::string>{"0", "1", "2"}));
}

TEST(Run, LeavesNoSignalBlockedOrIgnoredInTheChild) {
  const auto before = signal(SIGPIPE, SIG_IGN);
  const Completed completed = run({.argv = {"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"}});
  signal(SIGPIPE, before);
  for (const std::string& line : lines_of(completed.out)) {
    EXPECT_EQ(split(line, '\t').at(1), "0000000000000000") << line;
  }
}

TEST(Run, CanRunAsAnotherAccountWhenRoot) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "only root may change accounts";
  }
  const Completed completed = run({.argv = {"id", "-u"},
      .cwd = "/",
      .account = Account{.name = "nobody", .uid = 65534, .gid = 65534}});
  EXPECT_EQ(completed.out, "65534\n");
  const Completed groups = run({.argv = {"id", "-G"},
      .cwd = "/",
      .account = Account{.name = "nobody", .uid = 65534, .gid = 65534}});
  EXPECT_EQ(groups.out, "65534\n");
}

TEST(Run, WorksFromManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  std::vector<int> right(8, 0);
  for (std::size_t number = 0; number < right.size(); ++number) {
    threads.emplace_back([number, &right] {
      for (int round = 0; round < 10; ++round) {
        const std::string sent = std::to_string(number) + "/" + std::to_string(round);
        right[number] += run({.argv = {"cat"}, .input = sent}).out == sent ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(right, std::vector<int>(8, 10));
}

TEST(RunOrThrow, NamesTheProgramItsStatusAndItsLastWords) {
  try {
    run_or_throw(
        {.argv = {"/bin/sh", "-c", "echo first >&2; echo last words >&2; echo >&2; exit 3"}},
        "Look there.");
    FAIL() << "a failed program went through";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::program_failed);
    EXPECT_EQ(error.message(), "/bin/sh ended with status 3: last words");
    EXPECT_EQ(error.hint(), "Look there.");
  }
}

TEST(RunOrThrow, SaysTimedOutAtTheDeadline) {
  try {
    run_or_throw({.argv = {"sleep", "60"}, .deadline = Milliseconds{200}});
    FAIL() << "sleep ended early";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::timed_out);
  }
}

}  // namespace
}  // namespace pgrehearse
