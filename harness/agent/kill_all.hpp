// Pulls the plug of a container: what a power cut does to every process in it.
#pragma once

#include <string_view>
#include <vector>

#include "harness/base/time.hpp"

namespace pgrehearse {

/// Whether process 1, by its command line (/proc/1/cmdline), is our supervisor, directly or below
/// an engine's own init. Only then may everything else be killed: on a host it would be everything
/// of that account.
[[nodiscard]] bool is_supervisor(std::string_view command_line);

/// SIGKILL to every process that may be signalled, except process 1 and this one, again and again
/// until all are gone and reaped. Answers the process ids that were still there at the deadline.
/// Throws Error{refused} and kills nothing unless process 1 is our supervisor. Throws Error{io}
/// without /proc. The caller's own shell is killed too: run this program directly.
[[nodiscard]] std::vector<int> kill_all(Milliseconds deadline = Milliseconds{5000});

}  // namespace pgrehearse
