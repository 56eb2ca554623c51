// Ed25519 signatures (RFC 8032), for evidence that shall be shown to come from its maker.
#pragma once

#include <string>
#include <string_view>

#include "harness/base/secret.hpp"

namespace pgrehearse {

struct Signed {
  std::string signature = {};   ///< 64 bytes
  std::string public_key = {};  ///< PEM, to be handed to whoever verifies
};

/// `key` is the PEM text of an Ed25519 private key, as `openssl genpkey -algorithm ed25519` writes
/// it. Throws Error{bad_config} when it is none; the message never shows it.
[[nodiscard]] Signed sign_ed25519(const Secret& key, std::string_view message);

/// Whether the signature of `message` was made with the private half of this key. A text that is no
/// Ed25519 public key verifies nothing.
[[nodiscard]] bool verify_ed25519(
    std::string_view public_key, std::string_view message, std::string_view signature);

}  // namespace pgrehearse
