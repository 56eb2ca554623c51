// A store whose objects are sealed before they leave this process: whoever has the store has
// nothing, and what was changed in it is refused before a byte of it is used.
//
// The format is age's; docs/adr/0012 says why. An object keeps its key (name), version, lock and
// order of writers, so whatever the inner store promises holds here too. Beside the bytes, in
// labels, are the id of the sealing key and a sealed note (harness/store/seal_note.hpp). The names
// and sizes of objects are not hidden, nor are the caller's own labels.
//
// Not seen here: that an older object of the same key was put back. Whoever needs that has digests
// elsewhere (the manifest of a backup), or a store that keeps versions and locks them.
#pragma once

#include "harness/crypto/key_ring.hpp"
#include "harness/store/object_store.hpp"

namespace pgrehearse {

/// Besides what every store throws: Error{key_refused}, and Error{object_damaged} for an object
/// that is there but not sealed.
class SealedStore final : public ObjectStore {
 public:
  /// Both must outlive it.
  SealedStore(ObjectStore& inner, const KeyRing& ring);

  [[nodiscard]] const StoreProperties& properties() const override { return properties_; }
  /// Labels whose names begin with "sealed-" are refused with Error{bad_value}.
  std::optional<ObjectInfo> put(
      const std::string& key, const Content& content, const PutOptions& options) override;
  /// Proves the whole object first: what the sink gets is genuine.
  ObjectInfo read(const std::string& key, const std::optional<std::string>& version,
      const PieceSink& sink) override;
  /// Digests and labels are left out. Sizes are told from the sealed ones, unproven; 0 for what
  /// cannot be a sealed object.
  [[nodiscard]] std::vector<ObjectInfo> list(const std::string& prefix) override;
  [[nodiscard]] std::optional<ObjectInfo> stat(const std::string& key) override;
  void remove(const std::string& key, const std::optional<std::string>& version) override;
  /// As list().
  [[nodiscard]] std::vector<ObjectInfo> versions(const std::string& key) override;

 private:
  ObjectStore& inner_;
  const KeyRing& ring_;
  StoreProperties properties_;
};

}  // namespace pgrehearse
