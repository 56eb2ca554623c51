// The keys that backups are sealed with, under ids that may be written down. One is active and
// seals; retired ones only open what they once sealed; revoked ones do nothing any more.
//
// A ring does not change. Rotating makes another one, so who still holds the old one keeps what it
// had.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/secret.hpp"
#include "harness/base/time.hpp"
#include "harness/crypto/age_key.hpp"

namespace pgrehearse {

enum class KeyState { active, retired, revoked };
[[nodiscard]] std::string_view name_of(KeyState state);

/// Where the identity of a key comes from: an environment variable, or what a command writes to its
/// standard output, as a key management service is asked. Exactly one; a revoked key needs neither.
struct KeySpec {
  std::string id;  ///< lower-case letters, digits and hyphens, at most 40
  KeyState state = KeyState::active;
  std::string environment = {};           ///< the variable's name
  std::vector<std::string> command = {};  ///< argv
  Milliseconds deadline = Milliseconds{60'000};
};

struct RingKey {
  std::string id;
  KeyState state = KeyState::active;
  std::optional<AgeKey> key = {};  ///< not for a revoked one: nobody asks for it
};

class KeyRing {
 public:
  /// Asks for every identity but the revoked ones. The variables are withheld from the children of
  /// this process from then on. Throws Error{bad_config} unless exactly one key is active, and when
  /// an identity is not to be had or is none.
  [[nodiscard]] static KeyRing load(const std::vector<KeySpec>& specs);
  /// For a key that was made here.
  [[nodiscard]] static KeyRing with(const std::string& id, AgeKey key);

  /// The key that seals.
  [[nodiscard]] const RingKey& active() const;
  /// The key that opens what this id sealed. Throws Error{key_refused} when it is revoked, or not
  /// in the ring.
  [[nodiscard]] const RingKey& opener(const std::string& id) const;
  /// The same keys, the new one active in place of the one that was, which retires. Throws
  /// Error{bad_config} when the id is taken.
  [[nodiscard]] KeyRing rotated_to(const std::string& id, AgeKey key) const;
  /// The same keys, this one revoked. The active one cannot be: Error{refused}.
  [[nodiscard]] KeyRing revoking(const std::string& id) const;

 private:
  explicit KeyRing(std::vector<RingKey> keys);

  std::map<std::string, RingKey> keys_;
  std::string active_;
};

}  // namespace pgrehearse
