// What the terminal shows when a run has ended.
#pragma once

#include <string>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// Lines of at most 80 columns, but for names and paths that are longer. A line per drill (verdict,
/// RTO, RPO, commits lost), then what is missed or not proven with details, then where the reports
/// are. `colour` adds ANSI colours to the verdicts, and to nothing that came from outside. `folder`
/// is where the ReportWriter wrote; empty: the files are named without it.
[[nodiscard]] std::string render_summary(
    const RunRecord& record, bool colour, const std::string& folder = {});

}  // namespace pgrehearse
