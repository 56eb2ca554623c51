// After a rotation: what an earlier key sealed is sealed anew with the active one, so that the
// earlier key can be revoked. age has no way to exchange the header alone, so each object is opened
// and sealed again, through memory only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/crypto/key_ring.hpp"
#include "harness/store/object_store.hpp"

namespace pgrehearse {

/// An object that was left as it is, and why: key_refused (a revoked or unknown key, or another
/// one) or object_damaged (also: it is not sealed).
struct RewrapProblem {
  std::string key;
  ErrorCode code = ErrorCode::internal;
};

struct RewrapCounts {
  std::uint64_t resealed = 0;
  std::uint64_t current = 0;  ///< the active key had sealed them already
  /// In a store that keeps versions: those of the resealed objects that the earlier keys still
  /// open.
  std::uint64_t older_versions = 0;
  std::vector<RewrapProblem> kept = {};
};

/// Goes through the sealed objects under a prefix of the store that a SealedStore stands on. Each
/// is proven before it is sealed anew, and replaced in one step; version by version it becomes a
/// new one, without a lock. Can be repeated: what is done is done. Throws what the store throws
/// when it cannot be reached. An object that somebody replaces meanwhile is looked at again, but
/// let no writer with the earlier ring replace objects while this runs: the moment between look and
/// put is not guarded.
[[nodiscard]] RewrapCounts rewrap(
    ObjectStore& inner, const KeyRing& ring, const std::string& prefix = "");

}  // namespace pgrehearse
