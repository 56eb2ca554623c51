// RPO, RTO and the lost commits, each against its bound, as the cards a reader looks at first.
#pragma once

#include <string>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// The cards of one drill.
[[nodiscard]] std::string html_objectives(const DrillRecord& drill);

/// The worst of each over all drills of the run that are not on trial, and which drill that was.
/// Empty when there is no such drill.
[[nodiscard]] std::string html_worst_objectives(const RunRecord& record);

}  // namespace pgrehearse
