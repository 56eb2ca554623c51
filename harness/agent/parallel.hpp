// Runs jobs on all cores. Hashing keeps one core busy while the kernel copies on another.
#pragma once

#include <cstddef>
#include <functional>

namespace pgrehearse {

/// Calls job(0) ... job(count - 1), each once, on up to 8 threads, lower numbers first. When one
/// throws, no further job begins and the first exception is thrown here, after every thread has
/// ended.
void in_parallel(std::size_t count, const std::function<void(std::size_t)>& job);

}  // namespace pgrehearse
