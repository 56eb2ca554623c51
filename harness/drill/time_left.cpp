#include "harness/drill/time_left.hpp"

#include <fmt/format.h>

namespace pgrehearse {

std::string time_left(std::chrono::nanoseconds so_far, std::size_t ended, std::size_t all) {
  if (ended == 0 || ended >= all) {
    return {};
  }
  const auto rest = so_far / ended * (all - ended);
  // More would be guessing.
  return rest < std::chrono::minutes{1}
             ? "less than a minute left"
             : fmt::format(
                   "about {} min left", std::chrono::ceil<std::chrono::minutes>(rest).count());
}

}  // namespace pgrehearse
