// The ways in which a project that can be drilled is broken on purpose, each as it happens to
// people, and what a drill must say then.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "tests/foreign/recipe.hpp"

namespace pgrehearse {

struct Breakage {
  std::string name;  ///< of the test
  /// Breaks the repository, which has the drill.yaml that init wrote.
  void (*inflict)(const std::filesystem::path& repository, const Recipe& recipe);
  std::optional<int> status;  ///< exit status of the drill; empty: any that is not green
  std::string cause;          ///< what it must say, a regular expression
};

std::ostream& operator<<(std::ostream& out, const Breakage& breakage);

[[nodiscard]] std::vector<Breakage> breakages();

}  // namespace pgrehearse
