// Digests that may be written down. A plain digest of a low-entropy value (a flag, a birth date)
// gives the value away to anyone who tries them all; with a key that stays in the run, it does not.
#pragma once

#include <string>
#include <string_view>

#include "harness/base/secret.hpp"

namespace pgrehearse {

/// The first 16 hexadecimal digits (64 bits) of HMAC-SHA-256. Equal texts give equal digests under
/// one key; enough to compare facts within a run, not to tell files of an adversary apart. An empty
/// key is refused with Error{internal}: it would protect nothing.
[[nodiscard]] std::string keyed_digest(const Secret& key, std::string_view text);

/// All 64 digits of it: whoever does not know the key cannot make one that fits. Begin the text
/// with what it is for, so that none fits elsewhere.
[[nodiscard]] std::string authentication_code(const Secret& key, std::string_view text);

}  // namespace pgrehearse
