// The facts of a cluster at one moment, kept in a file: what a backup of that cluster must bring
// back. Names, counts and digests only.
#pragma once

#include <string>

#include "harness/base/time.hpp"
#include "harness/check/fact.hpp"

namespace pgrehearse {

struct Baseline {
  Timestamp taken = {};             ///< by the server's clock
  std::string server_version = {};  ///< "15.14"
  std::string system_identifier = {};
  std::string database = {};  ///< the one that drills of it are about
  Facts facts = {};
};

/// The facts as they may lie in a file: of a role's password only whether it has one. A digest of a
/// md5 verifier could be guessed at leisure.
[[nodiscard]] Facts publishable(Facts facts);

/// JSON text, one line a fact, a newline at the end. The facts are made publishable.
[[nodiscard]] std::string to_json(const Baseline& baseline);
/// Throws Error{bad_value} naming the key path when the text is not a baseline of this version.
[[nodiscard]] Baseline baseline_from_json(const std::string& text);

}  // namespace pgrehearse
