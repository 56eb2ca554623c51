// The run in one sentence, for whoever reads nothing else.
#pragma once

#include <string>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// "2 of 3 drills missed what was asked of them, 1 proved nothing." Plain text, names only.
[[nodiscard]] std::string verdict_sentence(const RunRecord& record);

/// The same of one drill: what it missed, or why it proves nothing, by the names of the checks.
[[nodiscard]] std::string verdict_sentence(const DrillRecord& drill);

}  // namespace pgrehearse
