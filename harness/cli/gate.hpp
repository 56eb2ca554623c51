// The verb `gate`: what a pull request that changes the schema has to pass.
#pragma once

#include "harness/cli/run_request.hpp"

namespace pgrehearse {

/// Runs the scenario schema-change, and an accidental delete on what the new migrations made of the
/// base. The base is --base, or the target branch that the CI names in its environment. Throws
/// Error{bad_config} without either. Returns the exit status.
[[nodiscard]] int run_gate(const RunRequest& request);

}  // namespace pgrehearse
