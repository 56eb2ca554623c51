// What the verb `explain` prints: every value in force, and who said so.
#pragma once

#include <string>

#include "harness/cli/run_request.hpp"

namespace pgrehearse {

/// Options with flag, variable, drill.yaml or default as their origin; then every key of drill.yaml
/// with its file and line; then the objectives as profiles and figures resolve to them, and what
/// holds because the file does not say. Throws Error{bad_config} for a file that cannot be drilled.
[[nodiscard]] std::string explanation(const RunRequest& request);

}  // namespace pgrehearse
