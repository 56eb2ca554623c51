#include "harness/drill/alerts.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace pgrehearse {
namespace {

void add_age(std::vector<Alert>& alerts, AlertSign sign, const char* what,
    const std::optional<Timestamp>& mark, Timestamp now, Milliseconds bound) {
  const std::string limit = text_of(bound);
  if (!mark.has_value()) {
    alerts.push_back({{sign.kind, AlertLevel::unknown}, fmt::format("no mark of {}", what), limit});
  } else if (*mark > now) {
    alerts.push_back({{sign.kind, AlertLevel::unknown},
        fmt::format("the mark of {} lies in the future", what), limit});
  } else if (now - *mark > bound) {
    alerts.push_back({sign, fmt::format("{} was {} ago", what, readable(now - *mark)), limit});
  }
}

void add_archive(std::vector<Alert>& alerts, const std::optional<ArchiveState>& archive,
    Timestamp now, Milliseconds bound) {
  constexpr AlertKind kind = AlertKind::wal_archive;
  const std::string limit = text_of(bound);
  if (!archive.has_value()) {
    alerts.push_back({{kind, AlertLevel::unknown}, "the archive could not be looked at", limit});
  } else if (archive->waiting_since.has_value() && *archive->waiting_since > now) {
    alerts.push_back({{kind, AlertLevel::unknown}, "a segment waits since the future", limit});
  } else if (archive->waiting_since.has_value() && now - *archive->waiting_since > bound) {
    alerts.push_back({{kind, AlertLevel::critical},
        fmt::format("finished WAL waits for {}; the newest in the archive is {}",
            readable(now - *archive->waiting_since),
            archive->newest.empty() ? "none" : archive->newest),
        limit});
  }
}

void add_storage(std::vector<Alert>& alerts, const std::optional<StorageUse>& storage,
    const AlertThresholds& thresholds) {
  constexpr AlertKind kind = AlertKind::storage_use;
  if (!storage.has_value() || storage->used_bytes + storage->free_bytes <= 0) {
    alerts.push_back({{kind, AlertLevel::unknown}, "the storage could not be looked at",
        fmt::format("{} %", thresholds.storage_warning)});
    return;
  }
  const double used = storage->percent();
  const bool critical = used >= thresholds.storage_critical;
  if (critical || used >= thresholds.storage_warning) {
    alerts.push_back({{kind, critical ? AlertLevel::critical : AlertLevel::warning},
        fmt::format("{:.1f} % of the storage is used", used),
        fmt::format("{} %", critical ? thresholds.storage_critical : thresholds.storage_warning)});
  }
}

void add_restore(std::vector<Alert>& alerts, const std::optional<RestoreOutcome>& restore) {
  constexpr AlertKind kind = AlertKind::restore;
  if (!restore.has_value()) {
    alerts.push_back({{kind, AlertLevel::unknown}, "nobody knows how the last restore ended", ""});
  } else if (*restore == RestoreOutcome::failed) {
    alerts.push_back({{kind, AlertLevel::critical}, "the last restore failed", ""});
  }
}

const Alert* alert_of(const std::vector<Alert>& alerts, AlertKind kind) {
  const auto found = std::find_if(
      alerts.begin(), alerts.end(), [&](const Alert& alert) { return alert.sign.kind == kind; });
  return found == alerts.end() ? nullptr : &*found;
}

}  // namespace

double StorageUse::percent() const {
  return 100.0 * static_cast<double>(used_bytes) / static_cast<double>(used_bytes + free_bytes);
}

std::string_view name_of(AlertKind kind) {
  switch (kind) {
    case AlertKind::backup_age:
      return "backup-age";
    case AlertKind::base_backup_age:
      return "base-backup-age";
    case AlertKind::wal_sync:
      return "wal-sync";
    case AlertKind::wal_archive:
      return "wal-archive";
    case AlertKind::storage_use:
      return "storage-use";
    case AlertKind::restore:
      return "restore-failed";
  }
  return "?";
}

std::string_view name_of(AlertLevel level) {
  switch (level) {
    case AlertLevel::warning:
      return "warning";
    case AlertLevel::critical:
      return "critical";
    case AlertLevel::unknown:
      return "unknown";
  }
  return "?";
}

std::string text_of(AlertSign sign) {
  return fmt::format("{} {}", name_of(sign.kind), name_of(sign.level));
}

std::vector<Alert> evaluate(
    const AlertThresholds& thresholds, const AlertObservations& observations, Timestamp now) {
  std::vector<Alert> alerts;
  add_age(alerts, {AlertKind::backup_age, AlertLevel::warning}, "the last backup",
      observations.last_backup, now, thresholds.backup_age);
  add_age(alerts, {AlertKind::base_backup_age, AlertLevel::critical}, "the last base backup",
      observations.last_base_backup, now, thresholds.base_backup_age);
  add_age(alerts, {AlertKind::wal_sync, AlertLevel::critical}, "the last look at archived WAL",
      observations.last_wal_sync, now, thresholds.wal_age);
  add_archive(alerts, observations.archive, now, thresholds.wal_age);
  add_storage(alerts, observations.storage, thresholds);
  add_restore(alerts, observations.last_restore);
  return alerts;
}

std::vector<AlertChange> changes_between(
    const std::vector<Alert>& before, const std::vector<Alert>& now) {
  std::vector<AlertChange> changes;
  for (const Alert& alert : now) {
    const Alert* known = alert_of(before, alert.sign.kind);
    if (known == nullptr || known->sign != alert.sign) {
      changes.push_back({.alert = alert});
    }
  }
  for (const Alert& alert : before) {
    if (alert_of(now, alert.sign.kind) == nullptr) {
      changes.push_back({.alert = alert, .over = true});
    }
  }
  return changes;
}

}  // namespace pgrehearse
