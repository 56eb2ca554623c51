// A program that runs beside the harness: a pooler, a team's application. It ends with the object,
// and with the harness however that dies.
#pragma once

#include <filesystem>
#include <optional>

#include <sys/types.h>

#include "harness/process/program.hpp"

namespace pgrehearse {

/// Not safe to share between threads. The program itself is killed by the kernel when the thread
/// that made this object ends; its children carry PGREHEARSE_OWNER and are the sweeper's.
class [[nodiscard]] Background {
 public:
  /// Starts it in a process group of its own, with nothing on its standard input. What it writes
  /// is appended to `log` (made with mode 0600, by the harness' own account). `input` and
  /// `deadline` of the program are not used. Throws Error{program_failed} when it could not be
  /// started, Error{io} when there can be no log.
  Background(const Program& program, const std::filesystem::path& log);
  /// SIGTERM to its whole group, SIGKILL two seconds later. Returns when it is gone.
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  /// The exit status (128+n when a signal ended it) once it has ended; nothing while it runs.
  [[nodiscard]] std::optional<int> ended();
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
};

}  // namespace pgrehearse
