// Checks against sabotages: which broken drill each check noticed, from a record of `prove`.
#pragma once

#include <string>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// A page of Markdown. A check that healthy twins asked and no sabotage of this record tried is in
/// it too, and said to be untried. Throws Error{bad_value} for a record without any sabotage.
[[nodiscard]] std::string render_kill_table(const RunRecord& record);

}  // namespace pgrehearse
