// One key pair of age (age-encryption.org/v1, X25519): the identity opens, the recipient seals.
//
// The identity is only ever in our memory and in a pipe to a program of age: not in arguments, not
// in an environment, not in a file.
#pragma once

#include <string>

#include "harness/base/secret.hpp"

namespace pgrehearse {

class AgeKey {
 public:
  /// Takes an identity as age-keygen writes it, comments included. `place` says where it came from,
  /// for messages: "$BACKUP_KEY". Throws Error{bad_config} when it is not exactly one identity, and
  /// Error{program_failed} naming the package when age is not installed. No message shows any of
  /// it.
  [[nodiscard]] static AgeKey of(const Secret& text, const std::string& place);
  /// A fresh one.
  [[nodiscard]] static AgeKey generate();

  /// "AGE-SECRET-KEY-1..."
  [[nodiscard]] const Secret& identity() const { return identity_; }
  /// "age1...". Whoever knows it can seal; it opens nothing.
  [[nodiscard]] const Secret& recipient() const { return recipient_; }

 private:
  AgeKey(Secret identity, Secret recipient);

  Secret identity_;
  Secret recipient_;
};

}  // namespace pgrehearse
