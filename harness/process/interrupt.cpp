#include "harness/process/interrupt.hpp"

#include <atomic>

#include <fmt/format.h>
#include <signal.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

// A signal handler can reach nothing but globals; this is the only one of the house.
std::atomic<int> first_signal{0};
static_assert(std::atomic<int>::is_always_lock_free);
thread_local int removals_on_this_thread = 0;

void remember(int number) {
  int none = 0;
  first_signal.compare_exchange_strong(none, number);
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    sigaction(number, &action, nullptr);
  }
  // A reader that went away is an error value of write, not the end of the run.
  signal(SIGPIPE, SIG_IGN);
}

std::optional<int> interrupted_by() {
  const int number = first_signal.load();
  return number == 0 ? std::nullopt : std::optional<int>{number};
}

void throw_if_interrupted() {
  const std::optional<int> number = interrupted_by();
  if (number.has_value() && removals_on_this_thread == 0) {
    throw Error{ErrorCode::interrupted,
        fmt::format("SIG{} asked the run to end", sigabbrev_np(*number)),
        "What the run made is being removed; run it again for a verdict."};
  }
}

RemovalScope::RemovalScope() {
  ++removals_on_this_thread;
}

RemovalScope::~RemovalScope() {
  --removals_on_this_thread;
}

}  // namespace pgrehearse
