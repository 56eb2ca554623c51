// TLS of one running server: giving it a key, and asking from the outside which one it has.
//
// Both are asked inside the instance, over its loopback: a server in quarantine is reached from
// nowhere else but through its Unix socket, and there Postgres speaks no TLS.
#pragma once

#include <string>

#include "harness/pg/cluster.hpp"

namespace pgrehearse {

/// Puts a private key and its certificate, both in PEM, into the data directory, as server.key
/// (mode 0600, of the server's account) and server.crt, replacing those that are there; adds to
/// `settings` what makes the server use them, writes those, and reloads. On return new connections
/// that ask for TLS get it with this key. Throws what Session and Instance throw.
void serve_tls(Cluster& cluster, ServerSettings& settings, const Secret& private_key,
    const std::string& certificate);
/// The settings alone.
void add_tls_settings(ServerSettings& settings);

/// The certificate that the server proves in a handshake to have the key of, in PEM; empty when it
/// speaks no TLS. Throws Error{program_failed} when it was not to be found out.
[[nodiscard]] std::string served_certificate(const Cluster& cluster);

/// Whether a client that trusts this certificate alone (sslmode=verify-full) talks to the server,
/// as the superuser. False only when the client refuses the server's certificate; whatever else is
/// in the way throws Error{connection_lost}.
[[nodiscard]] bool client_accepts(const Cluster& cluster, const std::string& certificate);

}  // namespace pgrehearse
