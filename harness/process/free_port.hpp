// A port for a server that cannot be told to choose one itself.
#pragma once

#include <cstdint>

namespace pgrehearse {

/// A TCP port of the loopback that nobody listens on at this moment. Another program may take it
/// before the server does: the server then says so, and the caller tries again. Throws
/// Error{instance_failed} when the system gives none.
[[nodiscard]] std::uint16_t port_from_the_system();
/// Could a server listen on this port of the loopback at this moment?
[[nodiscard]] bool is_free(std::uint16_t port);

/// Does anybody on the loopback take connections on this port at this moment?
[[nodiscard]] bool is_listened_to(std::uint16_t port);

}  // namespace pgrehearse
