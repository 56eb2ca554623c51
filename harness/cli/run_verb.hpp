// The verbs `run` and `prove`: one invocation from its guard to its reports.
#pragma once

#include "harness/cli/run_request.hpp"

namespace pgrehearse {

/// In this process, one case after the other. Returns the exit status. Throws only what happens
/// before the run exists: wrong configuration.
[[nodiscard]] int run_drills(const RunRequest& request);

}  // namespace pgrehearse
