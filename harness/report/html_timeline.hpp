// The chronicle of a drill as a picture that needs no script, with the same facts as a table.
#pragma once

#include <cstddef>
#include <string>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// An inline SVG of the instants, numbered, with the phases of the recovery below them on the same
/// scale, then a table of each. Nothing for a drill without instants and phases. `number` makes the
/// ids of this drill's picture unique on the page.
[[nodiscard]] std::string html_timeline(const DrillRecord& drill, std::size_t number);

}  // namespace pgrehearse
