// A process of ours that outlives the harness, however it dies, and then removes everything of its
// run.
#pragma once

#include <string>

namespace pgrehearse {

/// Starts `<agent> watchdog <run-id>` in a session of its own, holding the read end of a pipe whose
/// write end only this process has. End of file on it means the harness is gone: the watchdog then
/// sweeps that run until nothing is left (see sweep.hpp). It ignores SIGINT, SIGTERM and SIGHUP.
class [[nodiscard]] Watchdog {
 public:
  explicit Watchdog(const std::string& run_id);
  /// Closes the pipe and waits for the watchdog to end (at most 30 s).
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  int pipe_ = -1;
  int pid_ = -1;
};

/// The watchdog's own main: waits for end of file on standard input, then sweeps. Returns the exit
/// status: 0, or 3 when something could not be removed.
int watchdog_main(const std::string& run_id);

}  // namespace pgrehearse
