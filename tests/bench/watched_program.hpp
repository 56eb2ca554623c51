// Runs a program from the outside: how long it took, and how much memory it needed at most. The
// memory is its own, not that of the servers and tools it starts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pgrehearse {

struct Watched {
  int status = -1;            ///< exit status; 128+n when a signal ended it
  double seconds = 0;         ///< wall clock, from before the start to after the end
  std::int64_t peak_kib = 0;  ///< VmHWM, read every few milliseconds: the last one seen
};

/// Both output streams go into `log`. Throws Error{program_failed} when it could not be started,
/// Error{interrupted} when a signal asks this program to end (the other is asked too, and waited
/// for).
[[nodiscard]] Watched watch(const std::vector<std::string>& argv, const std::filesystem::path& log);

}  // namespace pgrehearse
