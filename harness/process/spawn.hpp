// Starts one child process. The delicate part of running programs, apart from the waiting.
//
// Everything is prepared before the fork, because other threads of the harness may hold any lock at
// that moment: the child makes only async-signal-safe calls (POSIX.1-2017, 2.4.3) until it is
// another program.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "harness/process/program.hpp"

namespace pgrehearse {

/// A file descriptor with an owner.
class [[nodiscard]] OwnedFd {
 public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : fd_(fd) {}
  ~OwnedFd() { reset(); }
  OwnedFd(const OwnedFd&) = delete;
  OwnedFd& operator=(const OwnedFd&) = delete;
  OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    reset();
    fd_ = std::exchange(other.fd_, -1);
    return *this;
  }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }
  void reset();

 private:
  int fd_ = -1;
};

struct Pipe {
  OwnedFd read_end;
  OwnedFd write_end;
};
/// Both ends close on exec. Throws Error{internal} when the process has no descriptors left.
[[nodiscard]] Pipe make_pipe();
/// Opens /dev/null for reading and writing.
[[nodiscard]] OwnedFd open_null();

struct SpawnRequest {
  std::vector<std::string> argv;
  std::vector<std::string> environment;  ///< "NAME=value", all of it: nothing is inherited
  std::filesystem::path cwd = {};        ///< empty: the parent's
  std::optional<Account> account = {};
  bool own_session = false;   ///< setsid instead of a process group of its own
  bool ends_with_us = false;  ///< the kernel kills it when the thread that starts it ends
  int input = -1;             ///< become descriptors 0, 1 and 2; stay the caller's to close
  int output = -1;
  int errors = -1;
  /// Becomes descriptor 3, where the child reads a secret from /dev/fd/3. A child that is given one
  /// leaves no core file.
  int secret = -1;
};

/// Starts it as leader of a process group of its own, with default signal handling and no
/// descriptor but 0, 1, 2 and that of a secret. argv[0] is looked up in the PATH of `environment`
/// when it has no slash. Throws Error{program_failed} when it could not become that program; then
/// no child is left.
[[nodiscard]] pid_t spawn(const SpawnRequest& request);

/// The variable is in no environment that own_environment() gives from now on: what it holds is for
/// this process, not for the servers and commands that it starts.
void withhold_from_children(std::string name);
/// This process' environment, as "NAME=value", less what is withheld.
[[nodiscard]] std::vector<std::string> own_environment();
/// Replaces or adds one variable.
void set_variable(
    std::vector<std::string>& environment, std::string_view name, std::string_view value);
/// Takes one variable out.
void unset_variable(std::vector<std::string>& environment, std::string_view name);

}  // namespace pgrehearse
