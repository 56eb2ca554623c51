// What the verb `plan` prints: what a run would do here. It makes nothing: no folder, no server.
#pragma once

#include "harness/cli/run_request.hpp"

namespace pgrehearse {

/// Prints it. Returns 0 when such a run could begin, 2 when it could not: no engine, no room.
[[nodiscard]] int plan_run(const RunRequest& request);

}  // namespace pgrehearse
