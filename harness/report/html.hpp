// The report that a person opens: one file, no script, nothing fetched.
#pragma once

#include <string>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// The verdict in a sentence, the objectives, what to do next, the drills with timelines and
/// answers, the trial of the drill itself, the scope and where each number comes from. Pure
/// function; every text of the record is escaped. A run of `prove` shows its kill table instead of
/// hundreds of drills that went as they had to.
[[nodiscard]] std::string render_html(const RunRecord& record);

}  // namespace pgrehearse
