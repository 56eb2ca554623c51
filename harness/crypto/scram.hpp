// A SCRAM-SHA-256 verifier, computed on this side of the connection.
//
// ALTER ROLE ... PASSWORD 'clear text' ends up in the server's log as soon as the statement fails
// or statements are logged. A verifier in its place tells a reader of the log nothing.
#pragma once

#include <string>

#include "harness/base/secret.hpp"

namespace pgrehearse {

/// "SCRAM-SHA-256$4096:<salt>$<stored key>:<server key>" with a fresh random salt, as RFC 5802 and
/// RFC 7677 define it and pg_authid.rolpassword keeps it. Throws Error{bad_value} for a password
/// with characters outside ASCII: those would need SASLprep (RFC 4013), which is not done here.
[[nodiscard]] std::string scram_sha_256_verifier(const Secret& password);

}  // namespace pgrehearse
