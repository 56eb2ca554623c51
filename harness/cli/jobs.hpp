// How many cases run at a time.
#pragma once

#include <cstdint>
#include <string>

namespace pgrehearse {

/// What this machine has room for.
struct Room {
  int cores = 1;
  std::int64_t available_bytes = 0;  ///< memory that can be had without swapping
};
[[nodiscard]] Room room_here();

/// "auto" or a number from 1 to 64. Auto is one for `run`, whose recovery times are measured, and
/// for `prove` as many as there are cores and memory for. Throws Error{bad_config}.
[[nodiscard]] int jobs_for(const std::string& asked, bool sabotages, const Room& room);

}  // namespace pgrehearse
