// One drill's section of the drill record.
#pragma once

#include <string>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// From "## <verdict>: <scenario>" to the follow-up actions. `record` is the run it belongs to.
[[nodiscard]] std::string markdown_of_drill(const RunRecord& record, const DrillRecord& drill);

}  // namespace pgrehearse
