// One object on its way into a store, sealed, and out of it again, proven. In the clear it is in
// memory only, a piece at a time; what lies on disk meanwhile is sealed and has no name.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/crypto/key_ring.hpp"
#include "harness/store/object_store.hpp"
#include "harness/store/seal_note.hpp"
#include "harness/store/spool.hpp"

namespace pgrehearse {

/// Hands all pieces of a content to the sink it is given.
using PieceFeed = std::function<void(const PieceSink&)>;

/// Seals with the ring's active key what `feed` gives, and stores it. As ObjectStore::put, with the
/// digest and size of what was given.
std::optional<ObjectInfo> put_sealed(ObjectStore& inner, const KeyRing& ring,
    const std::string& key, const PieceFeed& feed, const PutOptions& options);

/// What the inner store says of an object, told as the owner of the key sees it. Throws
/// Error{key_refused}, Error{object_damaged}.
[[nodiscard]] ObjectInfo info_of_sealed(
    const StoreProperties& store, const KeyRing& ring, const ObjectInfo& inner);

/// An object that was fetched whole and found genuine to its last byte.
class SealedObject {
 public:
  /// Throws Error{key_refused} (revoked and unknown keys before anything is read, unless a version
  /// was asked for: that is read, but not opened), Error{object_damaged}, Error{object_missing}.
  SealedObject(ObjectStore& inner, const KeyRing& ring, const std::string& key,
      const std::optional<std::string>& version);

  /// As its owner sees it.
  [[nodiscard]] const ObjectInfo& info() const { return info_; }
  [[nodiscard]] const std::string& key_id() const { return opener_->id; }
  /// Opens it into the sink.
  void open(const PieceSink& sink) const;

 private:
  void prove(const StoreProperties& store) const;

  const RingKey* opener_ = nullptr;
  Spool spool_;
  ObjectInfo info_;
};

}  // namespace pgrehearse
