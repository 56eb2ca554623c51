// How many cases run at a time.
#pragma once

#include <cstdint>

namespace pgrehearse {

/// What this machine has room for.
struct Room {
  int cores = 1;
  std::int64_t available_bytes = 0;  ///< memory that can be had without swapping
};
[[nodiscard]] Room room_here();

inline constexpr int most_jobs = 64;

/// How many run at a time when nobody says it: one for `run`, whose recovery times are measured,
/// and for `prove` as many as there are cores and memory for, `most_jobs` at most.
[[nodiscard]] int jobs_that_fit(bool sabotages, const Room& room);

}  // namespace pgrehearse
