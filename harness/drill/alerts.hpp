// When does somebody have to be told that backups are in trouble? A pure function of what was
// observed, so that every bound can be tested to the microsecond.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.hpp"

namespace pgrehearse {

/// drill.yaml's section `alerts`. An age is too old when it is above its bound; storage is too full
/// from its bound on.
struct AlertThresholds {
  Milliseconds backup_age = std::chrono::hours{25};       ///< one a day, and an hour to take it
  Milliseconds base_backup_age = std::chrono::hours{26};  ///< what recovery to a point begins with
  Milliseconds wal_age = std::chrono::minutes{10};        ///< archiving every five, and one missed
  int storage_warning = 80;                               ///< percent
  int storage_critical = 90;                              ///< percent
};

enum class RestoreOutcome { not_tried, worked, failed };

/// What is in the archive, as the source sees it.
struct ArchiveState {
  std::string newest = {};  ///< segment; empty: none
  /// Since when the oldest finished segment waits that the archive has not got; nothing: none does.
  std::optional<Timestamp> waiting_since = {};
};

struct StorageUse {
  std::int64_t used_bytes = 0;
  std::int64_t free_bytes = 0;  ///< for an ordinary account

  [[nodiscard]] double percent() const;
};

/// What could not be observed stays empty: that is an alert too.
struct AlertObservations {
  std::optional<Timestamp> last_backup = {};
  std::optional<Timestamp> last_base_backup = {};
  std::optional<Timestamp> last_wal_sync = {};  ///< all WAL up to then was seen in the archive
  std::optional<ArchiveState> archive = {};
  std::optional<StorageUse> storage = {};  ///< of the fuller volume that holds backups or WAL
  std::optional<RestoreOutcome> last_restore = {};
};

enum class AlertKind { backup_age, base_backup_age, wal_sync, wal_archive, storage_use, restore };
/// "backup-age", "base-backup-age", "wal-sync", "wal-archive", "storage-use", "restore-failed"
[[nodiscard]] std::string_view name_of(AlertKind kind);

enum class AlertLevel {
  warning,
  critical,
  unknown,  ///< it could not be observed
};
[[nodiscard]] std::string_view name_of(AlertLevel level);

/// Which alert is raised, and how loud.
struct AlertSign {
  AlertKind kind{};
  AlertLevel level{};
  friend constexpr auto operator<=>(AlertSign, AlertSign) = default;
};
/// "wal-sync critical"
[[nodiscard]] std::string text_of(AlertSign sign);

struct Alert {
  AlertSign sign;
  std::string observed;  ///< "the last backup was 27 h 0 min ago"
  std::string limit;     ///< "25h"
};

/// At most one alert of a kind, in the order of the kinds. An instant after `now` was not observed.
[[nodiscard]] std::vector<Alert> evaluate(
    const AlertThresholds& thresholds, const AlertObservations& observations, Timestamp now);

/// An alert that was raised, or got another level, or is over.
struct AlertChange {
  Alert alert;
  bool over = false;
};
/// What is to be told after a look, given what the look before showed.
[[nodiscard]] std::vector<AlertChange> changes_between(
    const std::vector<Alert>& before, const std::vector<Alert>& now);

}  // namespace pgrehearse
