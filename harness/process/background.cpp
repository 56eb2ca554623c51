#include "harness/process/background.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include "harness/base/error.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/run.hpp"
#include "harness/process/spawn.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds grace{2'000};

}  // namespace

Background::Background(const Program& program, const std::filesystem::path& log) {
  throw_if_interrupted();
  const OwnedFd output{
      open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!output.is_open()) {
    throw Error{ErrorCode::io, fmt::format("cannot open the log: {}", std::strerror(errno)), {},
        log.string()};
  }
  const OwnedFd null = open_null();
  pid_ = spawn({.argv = program.argv,
      .environment = environment_for(program),
      .cwd = program.cwd,
      .account = program.account,
      .ends_with_us = true,
      .input = null.get(),
      .output = output.get(),
      .errors = output.get()});
}

Background::~Background() {
  const RemovalScope removing;
  if (ended().has_value()) {
    return;
  }
  kill(-pid_, SIGTERM);
  try {
    wait_until("a program beside the harness to end", grace, [&]() -> std::optional<std::string> {
      return ended().has_value() ? std::nullopt : std::optional<std::string>{"it still runs"};
    });
  } catch (const std::exception&) {
    kill(-pid_, SIGKILL);
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }
}

// Whatever of the group outlives its leader goes with it: once the leader is collected, the name of
// the group may be used again.
std::optional<int> Background::ended() {
  if (status_.has_value()) {
    return status_;
  }
  siginfo_t info{};
  if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
      info.si_pid != pid_) {
    return std::nullopt;
  }
  kill(-pid_, SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return status_;
}

}  // namespace pgrehearse
