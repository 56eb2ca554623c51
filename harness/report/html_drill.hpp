// One drill's section of the HTML report.
#pragma once

#include <cstddef>
#include <string>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// A section that opens and closes without a script. `open`: it is shown at once. `number` is the
/// one under which the page links to it.
[[nodiscard]] std::string html_drill(
    const RunRecord& record, const DrillRecord& drill, std::size_t number, bool open);

}  // namespace pgrehearse
