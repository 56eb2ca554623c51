// What a region's object store holds of one source: backup sets and archived WAL. Another region is
// recovered from such a store alone, without a word from the source.
//
// Objects: base/<id>.tar, base/<id>.json (put last: without it the set is not there), wal/<file>.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/backup/base_backup.hpp"
#include "harness/store/object_store.hpp"

namespace pgrehearse {

class OffSite {
 public:
  /// `spool` is an empty folder of this host, for what passes through; nothing stays in it. Both
  /// must outlive this.
  OffSite(ObjectStore& store, std::filesystem::path spool);

  /// Copies a set out of its volume, as `instance` sees it.
  void ship(Instance& instance, const BackupSet& set);
  /// Copies every segment, history and backup file that the archive has and the store has not yet.
  /// Returns how many these were.
  std::size_t ship_wal(Instance& instance, const std::string& archive_volume);

  /// Copies a whole folder of the instance, as one object under `key`. Returns its digest.
  std::string ship_folder(Instance& instance, const std::string& folder, const std::string& key);

  /// The keys of what a set consists of.
  [[nodiscard]] static std::vector<std::string> keys_of(const BackupSet& set);
  /// The sets that are whole in the store, oldest first.
  [[nodiscard]] std::vector<BackupSet> backups();
  /// Names of the archived files in the store, sorted.
  [[nodiscard]] std::vector<std::string> wal();
  /// Brings a set into `volume`, as `instance` sees it: the set there. Throws
  /// Error{object_missing}, Error{object_damaged}; then the volume is as it was.
  [[nodiscard]] BackupSet fetch(
      const BackupSet& set, Instance& instance, const std::string& volume);
  /// Brings every archived file into the volume. Throws as fetch() does.
  void fetch_wal(Instance& instance, const std::string& archive_volume);

 private:
  ObjectStore& store_;
  std::filesystem::path spool_;
};

}  // namespace pgrehearse
