// Who kept a golden backup: a signature over the digests of its files, by a key that is not in the
// repository.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/base/secret.hpp"

namespace pgrehearse {

struct GoldenKeys {
  std::optional<Secret> signing = {};          ///< PEM, Ed25519: golden backups are signed with it
  std::optional<std::string> public_key = {};  ///< PEM: it must have signed every one of them
};

/// Of PGREHEARSE_SIGNING_KEY, the same that signs bundles, and PGREHEARSE_PUBLIC_KEY: the texts
/// themselves.
[[nodiscard]] GoldenKeys golden_keys();

/// Throws Error{bad_config} when what is kept with these keys would be refused by the next drill:
/// a public key alone, or of another pair. Also when the signing key is none.
void demand_fitting(const GoldenKeys& keys);

/// 64 bytes, or nothing without a key. Throws as sign_ed25519() does.
[[nodiscard]] std::string golden_signature(std::string_view seal, const GoldenKeys& keys);

/// What is wrong with the signature of `seal`: a sentence, empty when a public key fits it, and
/// when none is asked for.
[[nodiscard]] std::string fault_of_signature(
    std::string_view seal, const std::optional<std::string>& signature, const GoldenKeys& keys);

}  // namespace pgrehearse
