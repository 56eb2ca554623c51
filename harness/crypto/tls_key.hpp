// The key of a server that speaks TLS, and the certificate that names it. Made for one drill.
//
// The certificate is its own authority: who trusts it trusts this key and no other. The key is only
// ever in our memory, in a pipe to the instance, and in the server's own file there.
#pragma once

#include <string>
#include <string_view>

#include "harness/base/secret.hpp"

namespace pgrehearse {

struct TlsKey {
  Secret private_key;       ///< PEM, of the curve P-256
  std::string certificate;  ///< PEM, for 127.0.0.1 and localhost, good for 30 days
};

/// A fresh one. Throws Error{internal} should the crypto library refuse; so does the next.
[[nodiscard]] TlsKey make_tls_key();
/// Another certificate for the same private key, with a number of its own: looks like a rotation,
/// and is none.
[[nodiscard]] TlsKey with_new_certificate(const TlsKey& key);

/// The digest of the public key (its DER SubjectPublicKeyInfo) in a certificate: two certificates
/// of one private key have the same. Throws Error{bad_value} when this is no certificate in PEM.
[[nodiscard]] std::string public_key_sha256(std::string_view certificate);

}  // namespace pgrehearse
