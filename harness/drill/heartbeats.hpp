// What backups leave behind when they succeed, for whoever has to notice that they do not: the
// application's page that tells how old they are, and the alerts. A mark is one line with one
// instant, in UTC; the names are those that backup scripts use.
#pragma once

#include <filesystem>
#include <optional>

#include "harness/base/time.hpp"

namespace pgrehearse {

/// What the marks say. One that is not there, or holds no instant, is empty.
struct Marks {
  std::optional<Timestamp> last_backup = {};
  std::optional<Timestamp> last_base_backup = {};
  std::optional<Timestamp> last_wal_sync = {};
};

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

  [[nodiscard]] Marks read() const;
  /// Makes every mark that is there older by so much, as if so much time had passed.
  void set_back(Milliseconds time) const;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace pgrehearse
