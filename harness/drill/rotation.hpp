// New credentials for everyone: whoever had a password before the incident has none after it.
#pragma once

#include <map>
#include <string>

#include "harness/base/secret.hpp"
#include "harness/base/time.hpp"
#include "harness/crypto/tls_key.hpp"
#include "harness/pg/cluster.hpp"

namespace pgrehearse {

/// Role to password. In memory, and nowhere else.
using Credentials = std::map<std::string, Secret>;

struct Rotation {
  Credentials credentials = {};  ///< the new ones
  Timestamp done = {};           ///< server's clock: sessions that began before are old ones
  std::size_t sessions_ended = 0;
};

/// Gives every role that may log in or has a password, the superuser too, a new random password;
/// the server gets only verifiers computed here, all in one transaction. Then ends every session
/// that began before, and makes `cluster` use the superuser's new password. A Cluster copied before
/// keeps the old one. Throws what Session throws: then nothing has changed, unless it was the new
/// login that failed; Error{timed_out} when a session does not end within five seconds.
[[nodiscard]] Rotation rotate_credentials(Cluster& cluster);

/// Makes a new key and certificate, puts them in the place of those that came back with the backup,
/// and has the server use them; `settings` are the server's, and get what that takes. Throws as
/// serve_tls does.
[[nodiscard]] TlsKey rotate_tls_key(Cluster& cluster, ServerSettings& settings);

/// What follows FROM, for sessions that began at the instant or before, less the asking one.
[[nodiscard]] std::string sessions_before(Timestamp instant);

}  // namespace pgrehearse
