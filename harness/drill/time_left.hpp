// What is left of a run, as far as the cases that have ended can tell.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace pgrehearse {

/// "about 5 min left", "less than a minute left"; empty at the end, and before any case has ended.
/// Each case that is left counts as long as those that ended took on average.
[[nodiscard]] std::string time_left(
    std::chrono::nanoseconds so_far, std::size_t ended, std::size_t all);

}  // namespace pgrehearse
