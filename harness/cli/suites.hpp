// Which gtest suites are scenarios, which are sabotages, and how people call them.
#pragma once

#include <string>
#include <vector>

namespace pgrehearse {

struct SuiteEntry {
  std::string suite;     ///< "AccidentalDelete"
  std::string scenario;  ///< "accidental-delete"
  bool sabotage = false;
  std::vector<std::string> cases = {};
};

/// Every suite linked into this program.
[[nodiscard]] std::vector<SuiteEntry> suites_here();

/// The GoogleTest filter that selects one scenario (all of them when empty), or its sabotages.
/// Throws Error{bad_config} naming the nearest known scenario.
[[nodiscard]] std::string filter_for(const std::string& scenario, bool sabotages);

}  // namespace pgrehearse
