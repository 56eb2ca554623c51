// The caller's place in the source. std::source_location would do, but clang-tidy 14 chokes on it.
#pragma once

namespace pgrehearse {

/// Default argument `Here here = Here::now()` names the line of the call, so that a failed
/// expectation points at the scenario and not into the harness.
struct Here {
  const char* file = "";
  int line = 0;

  [[nodiscard]] static constexpr Here now(
      const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

}  // namespace pgrehearse
