// A folder with archived WAL: flat, or with a folder for each 4 GiB as Barman has it; the files as
// they are or compressed.
#pragma once

#include <map>

#include "harness/backup/wal_source.hpp"

namespace pgrehearse {

/// Whether a folder inside an archive is one of 4 GiB: timeline and the upper half of the position,
/// "0000000100000000".
[[nodiscard]] bool names_part_of_archive(const std::string& folder);

class WalFolder final : public WalSource {
 public:
  /// Reads names only. Throws Error{io}.
  explicit WalFolder(const std::filesystem::path& folder);

  [[nodiscard]] std::vector<std::string> names() override;
  void fetch(const std::string& name, const std::filesystem::path& to) override;

 private:
  void add(const std::filesystem::path& folder);

  std::map<std::string, std::filesystem::path> files_;  ///< by the name that Postgres asks for
};

}  // namespace pgrehearse
