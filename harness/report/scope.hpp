// What a run proved, what it did not look at, and what is known about the drill itself.
#pragma once

#include <string>
#include <vector>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// "118 of 118 sabotages killed ..." or why nothing is known.
[[nodiscard]] std::string trial_sentence(const RunRecord& record);

/// Sentences, in this order: what is proven, what was not asked for, the drill itself.
[[nodiscard]] std::vector<std::string> scope_of(const RunRecord& record);

}  // namespace pgrehearse
