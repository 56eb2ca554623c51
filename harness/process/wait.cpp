#include "harness/process/wait.hpp"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/process/interrupt.hpp"

namespace pgrehearse {

void wait_until(std::string_view description, Milliseconds deadline,
    const std::function<std::optional<std::string>()>& what_is_missing, Milliseconds interval) {
  const SteadyTime give_up = SteadyTime::now() + deadline;
  while (true) {
    throw_if_interrupted();
    const std::optional<std::string> missing = what_is_missing();
    if (!missing.has_value()) {
      return;
    }
    const std::chrono::nanoseconds left = give_up - SteadyTime::now();
    if (left <= std::chrono::nanoseconds::zero()) {
      throw Error{ErrorCode::timed_out, fmt::format("gave up after {} waiting for {}: {}",
                                            readable(deadline), description, *missing)};
    }
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(interval, left));
  }
}

}  // namespace pgrehearse
