#include "harness/process/filter.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/sigpipe.hpp"

namespace pgrehearse {
namespace {

// How soon an interrupt is noticed.
constexpr Milliseconds slice{50};
constexpr std::size_t most_words = 16384;

// A pipe that holds the secret and nothing else: bytes in a pipe are on no disk and in no swap.
OwnedFd pipe_with(const Secret& secret) {
  const std::string& bytes = secret.reveal();
  Pipe pipe = make_pipe();
  if (bytes.size() > PIPE_BUF || write(pipe.write_end.get(), bytes.data(), bytes.size()) !=
                                     static_cast<ssize_t>(bytes.size())) {
    throw Error{ErrorCode::internal, "a secret is too long to be given through a pipe"};
  }
  return std::move(pipe.read_end);
}

void set_nonblocking(const OwnedFd& fd) {
  if (fd.is_open()) {
    fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
  }
}

int collect(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

Filter::Filter(const FilterRequest& request)
    : name_(request.argv.empty() ? "" : request.argv.front()),
      patience_(request.patience),
      begin_(SteadyTime::now()) {
  Pipe input = make_pipe();
  Pipe output = make_pipe();
  Pipe errors = make_pipe();
  const OwnedFd secret = request.secret.empty() ? OwnedFd{} : pipe_with(request.secret);
  const char* path = std::getenv("PATH");
  pid_ = spawn({.argv = request.argv,
      .environment = {fmt::format("PATH={}", path == nullptr ? "/usr/bin:/bin" : path)},
      .input = request.input >= 0 ? request.input : input.read_end.get(),
      .output = request.output >= 0 ? request.output : output.write_end.get(),
      .errors = errors.write_end.get(),
      .secret = secret.get()});
  ended_ = OwnedFd{static_cast<int>(syscall(SYS_pidfd_open, pid_, 0U))};
  if (request.input < 0) {
    in_ = std::move(input.write_end);
  }
  if (request.output < 0) {
    out_ = std::move(output.read_end);
  }
  err_ = std::move(errors.read_end);
  for (const OwnedFd* stream : {&in_, &out_, &err_}) {
    set_nonblocking(*stream);
  }
}

Filter::~Filter() {
  if (pid_ >= 0) {
    kill(-pid_, SIGKILL);
    collect(pid_);
  }
}

void Filter::keep_its_words() {
  std::array<char, 4096> piece;
  while (err_.is_open()) {
    const ssize_t got = ::read(err_.get(), piece.data(), piece.size());
    if (got > 0) {
      words_.append(piece.data(), std::min(static_cast<std::size_t>(got),
                                      most_words - std::min(words_.size(), most_words)));
    } else if (got == 0) {
      err_.reset();
    } else if (errno != EINTR) {
      return;
    }
  }
}

// Returns when `fd` is ready, or at the latest after a slice; hears what it says meanwhile.
void Filter::wait_for(int fd, short event, SteadyTime since) {
  throw_if_interrupted();
  if (SteadyTime::now() - since >= patience_) {
    throw Error{ErrorCode::timed_out,
        fmt::format("{} stood still for {}", name_, readable(patience_)),
        "Is the host short of processor time, or the disk full?"};
  }
  std::array<pollfd, 2> watched{{{fd, event, 0}, {err_.get(), POLLIN, 0}}};
  poll(watched.data(), watched.size(), static_cast<int>(slice.count()));
  keep_its_words();
}

void Filter::write(std::string_view bytes) {
  const SigpipeHeld held;
  SteadyTime since = SteadyTime::now();
  while (!bytes.empty() && in_.is_open()) {
    const ssize_t written = ::write(in_.get(), bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
      since = SteadyTime::now();
    } else if (errno == EPIPE) {
      in_.reset();
    } else if (errno == EAGAIN) {
      wait_for(in_.get(), POLLOUT, since);
    } else if (errno != EINTR) {
      throw Error{
          ErrorCode::internal, fmt::format("cannot write to {}: {}", name_, std::strerror(errno))};
    }
  }
}

std::size_t Filter::read(char* room, std::size_t bytes) {
  const SteadyTime since = SteadyTime::now();
  while (out_.is_open()) {
    const ssize_t got = ::read(out_.get(), room, bytes);
    if (got > 0) {
      return static_cast<std::size_t>(got);
    }
    if (got == 0) {
      out_.reset();
    } else if (errno == EAGAIN) {
      wait_for(out_.get(), POLLIN, since);
    } else if (errno != EINTR) {
      throw Error{
          ErrorCode::internal, fmt::format("cannot read from {}: {}", name_, std::strerror(errno))};
    }
  }
  return 0;
}

Completed Filter::end() {
  in_.reset();
  out_.reset();
  const SteadyTime since = SteadyTime::now();
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid != pid_) {
    wait_for(ended_.get(), POLLIN, since);
  }
  keep_its_words();
  Completed completed;
  completed.status = collect(std::exchange(pid_, -1));
  completed.err = std::move(words_);
  completed.took = SteadyTime::now() - begin_;
  return completed;
}

}  // namespace pgrehearse
