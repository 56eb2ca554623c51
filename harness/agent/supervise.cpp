#include "harness/agent/supervise.hpp"

#include <algorithm>
#include <csignal>
#include <ctime>

#include <sys/wait.h>

namespace pgrehearse {
namespace {

void reap_all() {
  while (waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

// At most a minute: the wait is not counted while the host is suspended, the time to live is.
timespec next_wait(std::optional<SteadyTime> end) {
  constexpr std::chrono::nanoseconds longest = std::chrono::minutes{1};
  const auto left =
      end.has_value() ? std::clamp(*end - SteadyTime::now(), longest * 0, longest) : longest;
  const auto whole = std::chrono::duration_cast<Seconds>(left);
  return {.tv_sec = whole.count(), .tv_nsec = (left - whole).count()};
}

}  // namespace

SupervisionEnd supervise(std::optional<Seconds> time_to_live) {
  sigset_t awaited;
  sigemptyset(&awaited);
  for (const int signal : {SIGTERM, SIGINT, SIGCHLD}) {
    sigaddset(&awaited, signal);
  }
  pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
  std::optional<SteadyTime> end;
  if (time_to_live.has_value()) {
    end = SteadyTime::now() + *time_to_live;
  }
  while (true) {
    reap_all();
    const timespec longest = next_wait(end);
    const int signal = sigtimedwait(&awaited, nullptr, &longest);
    if (signal == SIGTERM || signal == SIGINT) {
      return SupervisionEnd::asked;
    }
    if (end.has_value() && SteadyTime::now() >= *end) {
      return SupervisionEnd::time_to_live_over;
    }
  }
}

}  // namespace pgrehearse
