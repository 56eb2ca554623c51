// Whether the credentials of an object store were rotated: asked of the store itself, once as
// whoever had them before, and once as their owner of today.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "harness/check/finding.hpp"
#include "harness/store/object_store.hpp"

namespace pgrehearse {

/// Key to SHA-256 digest of what is in a store, proven. Taken before the rotation, with a
/// credential that is good then.
[[nodiscard]] std::map<std::string, std::string> digests_of(ObjectStore& store);

/// store-credentials-rotated: with the old credential nothing can be listed, looked at, read,
/// written or removed, each refused by the store itself (Error{store_refused}: an HTTP 403); with
/// the new one all of it can, and every object is what it was. Both stores are the same place.
/// Writes and removes an object under "rotation/". Unknown when the store was empty before. Throws
/// what the store throws when it does not answer: then nothing was found out.
[[nodiscard]] Finding ask_store_credentials(
    ObjectStore& with_old, ObjectStore& with_new, const std::map<std::string, std::string>& before);

/// region-credentials: with the region's own credentials an object can be put, listed and read;
/// with those of the lost region nothing can be listed, looked at, read, written or removed, each
/// refused by the store itself; and the lost region's store was not asked since. Both stores are
/// the same place. Writes and removes an object under "access/".
[[nodiscard]] Finding ask_region_credentials(
    ObjectStore& own, ObjectStore& with_lost, std::uint64_t requests_to_lost);

}  // namespace pgrehearse
