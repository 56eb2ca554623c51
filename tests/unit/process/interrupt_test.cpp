// A signal ends waits and children, but not removal. Each test interrupts a process of its own,
// because an interrupt is remembered for ever.
#include "harness/process/interrupt.hpp"

#include <functional>
#include <thread>

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/process/run.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

// Leaves the test's process with 0 when `body` throws Error{interrupted}.
[[noreturn]] void exit_with_interruption_of(const std::function<void()>& body) {
  catch_interrupts();
  try {
    body();
  } catch (const Error& error) {
    _exit(error.code() == ErrorCode::interrupted ? 0 : 2);
  }
  _exit(1);
}

TEST(Interrupt, NothingIsThrownBeforeASignal) {
  EXPECT_FALSE(interrupted_by().has_value());
  EXPECT_NO_THROW(throw_if_interrupted());
}

TEST(Interrupt, EndsAWait) {
  EXPECT_EXIT(exit_with_interruption_of([] {
    std::jthread later{[] { kill(getpid(), SIGTERM); }};
    wait_until(
        "nothing", Milliseconds{20'000}, []() -> std::optional<std::string> { return "all"; });
  }),
      testing::ExitedWithCode(0), "");
}

TEST(Interrupt, EndsARunningProgramAndItsGroup) {
  EXPECT_EXIT(exit_with_interruption_of([] {
    std::jthread later{[] { kill(getpid(), SIGINT); }};
    (void)run({.argv = {"/bin/sh", "-c", "sleep 60"}});
  }),
      testing::ExitedWithCode(0), "");
}

TEST(Interrupt, IsPutOffDuringRemoval) {
  EXPECT_EXIT(
      {
        catch_interrupts();
        kill(getpid(), SIGHUP);
        const RemovalScope removing;
        throw_if_interrupted();
        _exit(interrupted_by() == SIGHUP && run({.argv = {"true"}}).ok() ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST(Interrupt, RemembersTheFirstSignal) {
  EXPECT_EXIT(
      {
        catch_interrupts();
        kill(getpid(), SIGTERM);
        kill(getpid(), SIGINT);
        _exit(interrupted_by() == SIGTERM ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace pgrehearse
