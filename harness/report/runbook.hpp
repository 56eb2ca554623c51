// The page of a scenario in docs/runbooks/: what is done in each variant and what is asked, as it
// really ran, so that a person can follow the same steps by hand, and knows how long each takes.
#pragma once

#include <string>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// One page for the drills of `record`, which are those of one scenario: steps with their times,
/// questions with their answers, phases of the recovery time. Throws
/// Error{bad_value} for a record without drills or of several scenarios: that is no page.
[[nodiscard]] std::string render_runbook(const RunRecord& record);

}  // namespace pgrehearse
