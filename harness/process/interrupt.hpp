// SIGINT, SIGTERM and SIGHUP ask the run to end: every wait and every child then gives up, scopes
// remove what they own, and the record says interrupted.
#pragma once

#include <optional>

namespace pgrehearse {

/// Installs the handlers. The first signal is remembered; a second one changes nothing.
void catch_interrupts();
/// The signal that asked the run to end.
[[nodiscard]] std::optional<int> interrupted_by();
/// Throws Error{interrupted} if one came (and the calling thread is not inside a RemovalScope).
void throw_if_interrupted();

/// While one lives on this thread, interrupts are put off: removal must not be cut short.
class [[nodiscard]] RemovalScope {
 public:
  RemovalScope();
  ~RemovalScope();
  RemovalScope(const RemovalScope&) = delete;
  RemovalScope& operator=(const RemovalScope&) = delete;
};

}  // namespace pgrehearse
