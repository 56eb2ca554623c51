// Archived WAL in an object store: below a folder, flat or with a folder for each 4 GiB, the files
// as they are or compressed. As WalFolder, and only listed and read.
#pragma once

#include <map>
#include <memory>

#include "harness/backup/wal_source.hpp"
#include "harness/store/object_store.hpp"

namespace pgrehearse {

class StoredWal final : public WalSource {
 public:
  /// Lists what is below "place/". `work` is a private folder of the caller's, for what is on its
  /// way. Throws what the store throws.
  StoredWal(
      std::unique_ptr<ObjectStore> store, const std::string& place, std::filesystem::path work);

  [[nodiscard]] std::vector<std::string> names() override;
  /// Throws Error{archive_gap} for one that the store refuses, too; Error{store_unreachable}.
  void fetch(const std::string& name, const std::filesystem::path& to) override;

 private:
  std::unique_ptr<ObjectStore> store_;
  std::filesystem::path work_;
  std::map<std::string, std::string> keys_;  ///< by the name that Postgres asks for
};

}  // namespace pgrehearse
