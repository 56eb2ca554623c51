// A change is tried with a few cases of what the night tries whole.
#pragma once

#include <cstdlib>
#include <string_view>

namespace pgrehearse {

/// PGREHEARSE_TEST_SIZE=nightly
[[nodiscard]] inline bool is_nightly() {
  const char* size = std::getenv("PGREHEARSE_TEST_SIZE");
  return size != nullptr && std::string_view{size} == "nightly";
}

}  // namespace pgrehearse
