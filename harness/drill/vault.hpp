// Where backups lie that an attacker may want: outside the server's reach, each object sealed with
// a key that is not there. What was changed in it is refused before a byte of it is used.
#pragma once

#include <filesystem>
#include <memory>

#include "harness/backup/off_site.hpp"
#include "harness/crypto/key_ring.hpp"
#include "harness/drill/drill_store.hpp"
#include "harness/drill/run.hpp"
#include "harness/drill/store_rotation.hpp"
#include "harness/store/sealed_store.hpp"

namespace pgrehearse {

class Vault {
 public:
  /// A store of this run, where drill.yaml says, and a key made for it: the escrow key, which is
  /// never written down.
  explicit Vault(Run& run);
  /// Everything in it is removed.
  ~Vault();
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;

  /// Backup sets and WAL, sealed on their way in and opened on their way out.
  [[nodiscard]] OffSite& backups() { return *off_site_; }
  /// The same objects and whatever else is kept, by name.
  [[nodiscard]] ObjectStore& store() { return *sealed_; }
  /// What somebody sees who has the store and no key; where sabotage changes bytes.
  [[nodiscard]] ObjectStore& as_stored() { return stored_->store(); }
  [[nodiscard]] const KeyRing& keys() const { return *keys_; }

  /// Takes a set that cannot be opened out of the vault, as it is stored, and keeps it beside it:
  /// no key could seal it anew.
  void set_aside(const BackupSet& set);

  /// A new active key; what was sealed before is sealed again with it, and the old key is revoked.
  /// Returns how many objects that were. Throws Error{key_refused} when one does not open.
  std::size_t rotate_key();

  /// The team's program makes the store's credentials anew. Nothing where the store is a folder.
  /// Returns once the store knows of it, or has had its time.
  [[nodiscard]] std::optional<StoreKeyRotation> rotate_store_key();

 private:
  void use(KeyRing keys);

  Run& run_;
  std::filesystem::path folder_;
  std::unique_ptr<DrillStore> stored_;
  std::unique_ptr<KeyRing> keys_;
  std::unique_ptr<SealedStore> sealed_;
  std::unique_ptr<OffSite> off_site_;
  int keys_made_ = 0;
};

}  // namespace pgrehearse
