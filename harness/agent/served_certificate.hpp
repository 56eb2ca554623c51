// Which certificate a server of this instance shows to whoever asks. Asked here, because a server
// in quarantine listens nowhere else, and because Postgres speaks no TLS on a Unix socket.
#pragma once

#include <cstdint>
#include <string>

namespace pgrehearse {

/// Begins a connection to the Postgres server on this port of the loopback, asks for TLS, and goes
/// through the handshake: the server has then proven that the private key is its own. Whether to
/// trust it is not asked here. Answers the certificate in PEM; empty when the server speaks no TLS.
/// SIGPIPE must be ignored. Throws Error{connection_lost} when there is no server, or the handshake
/// comes to no end in five seconds.
[[nodiscard]] std::string served_certificate(std::uint16_t port);

}  // namespace pgrehearse
