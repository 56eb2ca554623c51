// `prove --tool a,b`: the drill on trial with one backup tool after the other.
#pragma once

#include <vector>

#include "harness/cli/run_request.hpp"

namespace pgrehearse {

/// Runs each request as a trial of its own, with its own reports and its own proof, and prints the
/// kill score of each and of all. Returns the worst exit status of them: ended by a signal, then
/// something left behind, missed, not proven. A signal ends the rest as well. Throws as
/// run_side_by_side does.
[[nodiscard]] int prove_tools(const std::vector<RunRequest>& requests);

}  // namespace pgrehearse
