// What backups leave behind when they succeed, for the application's page that tells how old they
// are. A mark is one line with one instant, in UTC; the names are those that backup scripts use.
#pragma once

#include <filesystem>

namespace pgrehearse {

class [[nodiscard]] Heartbeats {
 public:
  /// Makes the folder, which is written down beforehand. Throws Error{io}.
  explicit Heartbeats(std::filesystem::path folder);
  ~Heartbeats();
  Heartbeats(const Heartbeats&) = delete;
  Heartbeats& operator=(const Heartbeats&) = delete;

  /// LAST_SUCCESS.txt and LAST_BASEBACKUP.txt: a backup set was taken and verified just now.
  void backup_taken() const;
  /// wal_sync_last_ok.txt: all WAL up to now was seen in the archive.
  void wal_archived() const;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace pgrehearse
