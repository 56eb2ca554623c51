#include "harness/process/run.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/outcome.hpp"
#include "harness/process/sigpipe.hpp"
#include "harness/process/spawn.hpp"

namespace pgrehearse {
namespace {

// How long a program may take to end after SIGTERM.
constexpr Milliseconds grace{2'000};
// A server started in the background may hold our pipes for ever: once the program itself has
// ended, so long a silence ends the reading.
constexpr Milliseconds silence{200};
// How soon an interrupt is noticed.
constexpr Milliseconds slice{50};

std::string& own_mark() {
  static std::string mark;
  return mark;
}

void set_nonblocking(int fd) {
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

// Throws Error{io} unless the path names no file yet.
OwnedFd new_file_at(const std::filesystem::path& path) {
  OwnedFd file{open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!file.is_open()) {
    throw Error{ErrorCode::io,
        fmt::format("cannot make the file for a program's output: {}", std::strerror(errno)), {},
        path.string()};
  }
  return file;
}

OwnedFd file_at(const std::filesystem::path& path) {
  OwnedFd file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file.is_open()) {
    throw Error{ErrorCode::io,
        fmt::format("cannot open the file for a program's input: {}", std::strerror(errno)), {},
        path.string()};
  }
  return file;
}

// One running child and its three streams.
class Child {
 public:
  explicit Child(const Program& program) {
    Pipe output = make_pipe();
    Pipe errors = make_pipe();
    Pipe input;
    const OwnedFd source = program.input_file.empty() ? open_null() : file_at(program.input_file);
    if (program.input.has_value()) {
      input = make_pipe();
    }
    if (!program.output_file.empty()) {
      output.write_end = new_file_at(program.output_file);
      output.read_end.reset();
    }
    pid_ = spawn({.argv = program.argv,
        .environment = environment_for(program),
        .cwd = program.cwd,
        .account = program.account,
        .input = program.input.has_value() ? input.read_end.get() : source.get(),
        .output = output.write_end.get(),
        .errors = errors.write_end.get()});
    end_ = OwnedFd{static_cast<int>(syscall(SYS_pidfd_open, pid_, 0U))};
    out_ = std::move(output.read_end);
    err_ = std::move(errors.read_end);
    in_ = std::move(input.write_end);
    for (const OwnedFd* stream : {&out_, &err_, &in_}) {
      if (stream->is_open()) {
        set_nonblocking(stream->get());
      }
    }
    rest_of_input_ = program.input.has_value() ? *program.input : std::string_view{};
    feed();
  }
  // Only reached with a living child when an exception is on its way: nothing of ours may stay
  // behind.
  ~Child() {
    if (!reaped_) {
      signal_group(SIGKILL);
      reap();
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Moves bytes for at most `slice`; true as long as there may be more to come.
  bool advance(Completed& completed) {
    std::array<pollfd, 4> watched{{{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0},
        {in_.get(), POLLOUT, 0}, {ended_ ? -1 : end_.get(), POLLIN, 0}}};
    const int ready = poll(watched.data(), watched.size(), static_cast<int>(slice.count()));
    if (!ended_ && (!end_.is_open() || watched[3].revents != 0)) {
      notice_end();
    }
    const bool out_moved = drain(out_, completed.out);
    const bool moved = drain(err_, completed.err) || out_moved;
    if (ready > 0 && watched[2].revents != 0) {
      feed();
    }
    if (moved) {
      last_bytes_ = SteadyTime::now();
    }
    if (!ended_) {
      return true;
    }
    return (out_.is_open() || err_.is_open()) && SteadyTime::now() - last_bytes_ < silence;
  }

  [[nodiscard]] bool ended() const { return ended_; }
  void signal_group(int number) const { kill(-pid_, number); }

  // Collects the ended child. Until then its pid, and so the name of its group, cannot be reused.
  int reap() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    reaped_ = true;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  void notice_end() {
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid == pid_) {
      ended_ = true;
      last_bytes_ = SteadyTime::now();
    }
  }

  static bool drain(OwnedFd& stream, std::string& into) {
    std::array<char, 65536> piece;
    bool moved = false;
    while (stream.is_open()) {
      const ssize_t got = read(stream.get(), piece.data(), piece.size());
      if (got > 0) {
        into.append(piece.data(), static_cast<std::size_t>(got));
        moved = true;
      } else if (got == 0) {
        stream.reset();
      } else if (errno != EINTR) {
        break;
      }
    }
    return moved;
  }

  void feed() {
    const SigpipeHeld held;
    while (in_.is_open()) {
      if (rest_of_input_.empty()) {
        in_.reset();
        return;
      }
      const ssize_t written = write(in_.get(), rest_of_input_.data(), rest_of_input_.size());
      if (written > 0) {
        rest_of_input_.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno == EPIPE) {
        in_.reset();  // it does not want the rest; its status tells whether that is bad
      } else if (errno != EINTR) {
        return;
      }
    }
  }

  pid_t pid_ = -1;
  OwnedFd end_;
  OwnedFd out_;
  OwnedFd err_;
  OwnedFd in_;
  std::string_view rest_of_input_;
  SteadyTime last_bytes_ = SteadyTime::now();
  bool ended_ = false;
  bool reaped_ = false;
};

// SIGTERM to the group, SIGKILL after the grace, and to whatever of the group outlived its leader.
void end_group(Child& child, Completed& completed) {
  const SteadyTime kill_at = SteadyTime::now() + grace;
  child.signal_group(SIGTERM);
  bool killed = false;
  while (child.advance(completed)) {
    if (!killed && (child.ended() || SteadyTime::now() >= kill_at)) {
      child.signal_group(SIGKILL);
      killed = true;
    }
  }
  child.signal_group(SIGKILL);
}

}  // namespace

std::vector<std::string> environment_for(const Program& program) {
  std::vector<std::string> environment = own_environment();
  if (!own_mark().empty()) {
    set_variable(environment, "PGREHEARSE_OWNER", own_mark());
  }
  for (const EnvVar& variable : program.env) {
    set_variable(environment, variable.name, variable.value.reveal());
  }
  return environment;
}

Completed run(const Program& program) {
  throw_if_interrupted();
  const SteadyTime begin = SteadyTime::now();
  const SteadyTime deadline = begin + program.deadline;
  Completed completed;
  Child child{program};
  while (child.advance(completed)) {
    try {
      throw_if_interrupted();
    } catch (const Error&) {
      end_group(child, completed);
      child.reap();
      throw;
    }
    if (SteadyTime::now() >= deadline) {
      if (!child.ended()) {
        completed.timed_out = true;
        end_group(child, completed);
      }
      break;
    }
  }
  completed.status = child.reap();
  completed.took = SteadyTime::now() - begin;
  return completed;
}

Completed run_or_throw(const Program& program, std::string_view hint) {
  return demand_success(run(program), program, hint);
}

void mark_children(std::string mark) {
  own_mark() = std::move(mark);
}

}  // namespace pgrehearse
