#include "harness/cli/jobs.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>

#include <fmt/format.h>
#include <sched.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

constexpr int most_jobs = 64;
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

int jobs_for(const std::string& asked, bool sabotages, const Room& room) {
  if (asked == "auto") {
    const auto by_memory = static_cast<int>(
        std::min<std::int64_t>(room.available_bytes / memory_of_a_drill, most_jobs));
    return sabotages ? std::max(1, std::min({room.cores, by_memory, most_jobs})) : 1;
  }
  int jobs = 0;
  const char* last = asked.data() + asked.size();
  const auto [end, problem] = std::from_chars(asked.data(), last, jobs);
  if (problem != std::errc{} || end != last || jobs < 1 || jobs > most_jobs) {
    throw Error{ErrorCode::bad_config,
        fmt::format("jobs must be auto or a whole number from 1 to {}", most_jobs),
        "It is how many cases run at a time.", "--jobs"};
  }
  return jobs;
}

}  // namespace pgrehearse
