// Runs a program where a server in quarantine is: in its network namespace, which holds a loopback
// and nothing else.
#pragma once

#include <span>
#include <string>

#include <sys/types.h>

namespace pgrehearse {

/// Moves this process into the user and network namespaces of another of the same account, and
/// raises the loopback there. The process must have one thread. Throws Error{io} when it has none
/// of its own to enter, or is gone.
void enter_namespaces_of(pid_t pid);

/// Becomes the program, found in PATH. Returns only by throwing Error{io}.
[[noreturn]] void become(std::span<const std::string> argv);

}  // namespace pgrehearse
