// What to do about a question whose answer was not the right one.
#pragma once

#include <string>
#include <string_view>

#include "harness/base/verdict.hpp"

namespace pgrehearse {

/// One sentence that tells a tired person where to look, for each check of docs/sabotages.md; a
/// general one for a check that it does not know. `verdict` is missed or unknown: a question
/// without an answer has to be answerable before anything else.
[[nodiscard]] std::string next_step(std::string_view check, Verdict verdict);

/// Whether next_step knows this check by name.
[[nodiscard]] bool has_next_step(std::string_view check);

}  // namespace pgrehearse
