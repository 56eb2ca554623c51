#include "tests/bench/watched_program.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/time.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/spawn.hpp"
#include "tests/bench/measurement.hpp"

namespace pgrehearse {
namespace {

constexpr int sampling_ms = 5;

// VmHWM of a running process; 0 when it has none any more (it has ended).
std::int64_t peak_of(pid_t pid) {
  std::ifstream status{fmt::format("/proc/{}/status", pid)};
  std::string name;
  std::int64_t kib = 0;
  while (status >> name) {
    if (name == "VmHWM:" && status >> kib) {
      return kib;
    }
    status.ignore(4096, '\n');
  }
  return 0;
}

int status_of(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

Watched watch(const std::vector<std::string>& argv, const std::filesystem::path& log) {
  const OwnedFd null = open_null();
  const OwnedFd file{open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  if (!file.is_open()) {
    throw Error{ErrorCode::io, "cannot open the log", {}, log.string()};
  }
  const SteadyTime begin = SteadyTime::now();
  const pid_t pid = spawn({.argv = argv,
      .environment = own_environment(),
      .input = null.get(),
      .output = file.get(),
      .errors = file.get()});
  const OwnedFd end{static_cast<int>(syscall(SYS_pidfd_open, pid, 0U))};
  if (!end.is_open()) {
    kill(pid, SIGKILL);
    status_of(pid);
    throw Error{ErrorCode::internal, "this kernel has no pidfd_open"};
  }
  Watched watched;
  bool asked_to_end = false;
  pollfd ended{end.get(), POLLIN, 0};
  while (poll(&ended, 1, sampling_ms) <= 0) {
    watched.peak_kib = std::max(watched.peak_kib, peak_of(pid));
    if (interrupted_by() && !asked_to_end) {
      kill(pid, SIGTERM);
      asked_to_end = true;
    }
  }
  watched.status = status_of(pid);
  watched.seconds = seconds_since(begin);
  throw_if_interrupted();
  return watched;
}

}  // namespace pgrehearse
