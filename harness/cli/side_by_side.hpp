// Several cases at a time, each in a process of its own, and one report of all.
#pragma once

#include "harness/cli/run_request.hpp"

namespace pgrehearse {

/// Not what keeps its instances, nor with options of GoogleTest that tell how a whole program runs.
[[nodiscard]] bool can_be_split(const RunRequest& request);

/// Runs the selected cases, `request.jobs` at a time, and joins their records. A case whose process
/// dies is not proven; the others go on. A signal is passed on, and the run ends when all have
/// removed what they made. What each case left (logs, its own reports) lies in cases/ of the report
/// folder. Returns the exit status. Throws only what happens before the run exists.
[[nodiscard]] int run_side_by_side(const RunRequest& request);

/// The same once GoogleTest has its arguments, which it takes once in a process. Returns the
/// record.
[[nodiscard]] RunRecord run_cases(const RunRequest& request);

/// Side by side, or where one case is to run at a time as run_drills() does.
[[nodiscard]] int run_as_asked(const RunRequest& request);

}  // namespace pgrehearse
