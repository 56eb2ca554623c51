// Which gtest suites are scenarios, which are sabotages, and how people call them.
#pragma once

#include <map>
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

/// The suites of one scenario (of all when empty), or of its sabotages. Throws Error{bad_config}
/// naming the nearest known scenario.
[[nodiscard]] std::vector<SuiteEntry> suites_for(const std::string& scenario, bool sabotages);

/// The GoogleTest filter that selects them. Throws as suites_for does.
[[nodiscard]] std::string filter_for(const std::string& scenario, bool sabotages);

/// What a person's own --gtest_filter may pick: only cases that `allowed` names: of suites,
/// as filter_for has them, or single ones. So run never runs a sabotage, and --scenario holds.
[[nodiscard]] std::string narrowed(const std::string& filter, const std::string& allowed);

/// The filter, less the cases that drill.yaml leaves out. Throws Error{bad_config} naming the
/// nearest known one for a case that is none of a scenario's.
[[nodiscard]] std::string without(
    const std::string& filter, const std::map<std::string, std::string>& leave_out);

/// Why drill.yaml leaves this case out; empty: it does not.
[[nodiscard]] std::string reason_to_leave_out(
    const std::string& name, const std::map<std::string, std::string>& leave_out);

}  // namespace pgrehearse
