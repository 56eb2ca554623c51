// The verbs `run` and `prove`: one invocation from its guard to its reports.
#pragma once

#include <cstdio>

#include "harness/cli/run_request.hpp"

namespace pgrehearse {

/// Removes what dead runs left, and tells it. Every run does so before it makes anything.
void sweep_dead_runs(std::FILE* told);

/// In this process, one case after the other. Returns the exit status. Throws only what happens
/// before the run exists: wrong configuration.
[[nodiscard]] int run_drills(const RunRequest& request);

}  // namespace pgrehearse
