#include "harness/cli/jobs.hpp"

#include <algorithm>
#include <fstream>
#include <limits>

#include <sched.h>

namespace pgrehearse {
namespace {

// A drill has up to four servers, their files in the page cache, and the pooler and application.
constexpr std::int64_t memory_of_a_drill = 1024LL * 1024 * 1024;

std::int64_t available_memory() {
  std::ifstream file{"/proc/meminfo"};
  std::string label;
  std::int64_t kibibytes = 0;
  while (file >> label >> kibibytes) {
    if (label == "MemAvailable:") {
      return kibibytes * 1024;
    }
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return 0;
}

}  // namespace

Room room_here() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  const bool known = sched_getaffinity(0, sizeof(allowed), &allowed) == 0;
  return {.cores = known ? CPU_COUNT(&allowed) : 1, .available_bytes = available_memory()};
}

int jobs_that_fit(bool sabotages, const Room& room) {
  const auto by_memory =
      static_cast<int>(std::min<std::int64_t>(room.available_bytes / memory_of_a_drill, most_jobs));
  return sabotages ? std::max(1, std::min({room.cores, by_memory, most_jobs})) : 1;
}

}  // namespace pgrehearse
