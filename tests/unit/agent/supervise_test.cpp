#include "harness/agent/supervise.hpp"

#include <array>
#include <csignal>
#include <fstream>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace pgrehearse {
namespace {

constexpr int children_started = 20;

struct Ended {
  int status = -1;  ///< exit status, or -1 for a signal
  std::chrono::nanoseconds cpu{0};
};

Ended wait_for(pid_t pid) {
  int status = 0;
  rusage usage{};
  if (wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status)) {
    return {};
  }
  const auto of = [](const timeval& time) {
    return Seconds{time.tv_sec} + Microseconds{time.tv_usec};
  };
  return {WEXITSTATUS(status), of(usage.ru_utime) + of(usage.ru_stime)};
}

// Orphans live until their test lets them go: on a busy host they would else be gone before it
// looks.
struct Orphans {
  int count = 0;
  std::array<int, 2> held{-1, -1};  ///< a pipe; they end when nobody can write to it any more
};

void be_an_orphan(const Orphans& orphans) {
  pollfd end{orphans.held[0], POLLIN, 0};
  poll(&end, 1, -1);
}

// A supervisor in a process of its own, with orphans if asked; its exit status says why it ended.
pid_t start_supervisor(std::optional<Seconds> time_to_live, const Orphans& orphans = {}) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigaddset(&blocked, SIGINT);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (orphans.held[1] >= 0) {
      close(orphans.held[1]);
    }
    for (int child = 0; child < orphans.count; ++child) {
      if (fork() == 0) {
        if (fork() == 0) {
          be_an_orphan(orphans);
        }
        _exit(0);
      }
    }
    _exit(supervise(time_to_live) == SupervisionEnd::asked ? 10 : 20);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return pid;
}

std::string children_of(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children"};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Supervise, EndsWhenAsked) {
  for (const int signal : {SIGTERM, SIGINT}) {
    const pid_t pid = start_supervisor(std::nullopt);
    ASSERT_EQ(kill(pid, signal), 0);
    EXPECT_EQ(wait_for(pid).status, 10);
  }
}

TEST(Supervise, EndsAfterItsTimeToLiveWithoutBeingBusy) {
  const SteadyTime begun = SteadyTime::now();
  const Ended ended = wait_for(start_supervisor(Seconds{1}));
  EXPECT_EQ(ended.status, 20);
  EXPECT_GE(SteadyTime::now() - begun, Seconds{1});
  EXPECT_LT(ended.cpu, Milliseconds{300});
}

TEST(Supervise, ReapsItsChildrenAndTheirOrphans) {
  Orphans orphans{.count = children_started};
  ASSERT_EQ(pipe2(orphans.held.data(), O_CLOEXEC), 0);
  const pid_t pid = start_supervisor(std::nullopt, orphans);
  const SteadyTime deadline = SteadyTime::now() + Seconds{60};
  while (SteadyTime::now() < deadline && children_of(pid).empty()) {
    poll(nullptr, 0, 1);
  }
  EXPECT_NE(children_of(pid), "");
  for (const int end : orphans.held) {
    close(end);
  }
  while (SteadyTime::now() < deadline && !children_of(pid).empty()) {
    poll(nullptr, 0, 1);
  }
  EXPECT_EQ(children_of(pid), "");
  kill(pid, SIGTERM);
  EXPECT_EQ(wait_for(pid).status, 10);
}

}  // namespace
}  // namespace pgrehearse
