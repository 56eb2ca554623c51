// The drill record for people: an operator signs it, an auditor asks for it a year later.
#pragma once

#include <string>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// One document for the run, one section per drill, the verdict first. Every number stands beside
/// its source; one that has none is printed NOT MEASURED. What only a person can fill in (a second
/// reviewer, owners and due dates) is left as a blank to sign. Pure function; safe against markup
/// in any field.
[[nodiscard]] std::string render_markdown(const RunRecord& record);

}  // namespace pgrehearse
