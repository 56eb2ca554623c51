// Where a team keeps the archived WAL of its own backups. It is only read.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pgrehearse {

class WalSource {
 public:
  virtual ~WalSource() = default;

  /// Segments, histories and labels that are there, as Postgres names them, in any order. Throws
  /// Error{io, backup_unusable}.
  [[nodiscard]] virtual std::vector<std::string> names() = 0;
  /// Writes one of them to a new file, decompressed and decrypted. Throws Error{archive_gap}.
  virtual void fetch(const std::string& name, const std::filesystem::path& to) = 0;
};

}  // namespace pgrehearse
