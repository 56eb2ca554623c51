// The first process of a container: it outlives the servers that drills start and kill, so that the
// container stays, and it collects their dead, so that no server is taken for alive when it is a
// zombie.
#pragma once

#include <optional>

#include "harness/base/time.hpp"

namespace pgrehearse {

enum class SupervisionEnd { asked, time_to_live_over };

/// Reaps every child until SIGTERM or SIGINT asks it to end, or the time to live (if any) is over.
/// The time to live is the container's last defence when the harness and its watchdog are both
/// gone. Waits in the kernel. Blocks SIGTERM, SIGINT and SIGCHLD for the calling thread: a blocked
/// signal reaches process 1 although it has no handler for it.
[[nodiscard]] SupervisionEnd supervise(std::optional<Seconds> time_to_live);

}  // namespace pgrehearse
