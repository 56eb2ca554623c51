// Every bound on both of its sides, and every observation that is missing.
#include "harness/drill/alerts.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Timestamp now = Timestamp::parse("2026-11-21 12:00:00+00");
constexpr Microseconds a_little{1};

Timestamp ago(Microseconds time) {
  return now + (-time);
}

AlertObservations healthy() {
  return {.last_backup = ago(hours{1}),
      .last_base_backup = ago(hours{1}),
      .last_wal_sync = ago(minutes{1}),
      .archive = ArchiveState{.newest = "000000010000000000000004"},
      .storage = StorageUse{.used_bytes = 10, .free_bytes = 90},
      .last_restore = RestoreOutcome::not_tried};
}

std::string raised(const AlertObservations& seen, const AlertThresholds& thresholds = {}) {
  std::string all;
  for (const Alert& alert : evaluate(thresholds, seen, now)) {
    all += (all.empty() ? "" : ", ") + text_of(alert.sign);
  }
  return all;
}

TEST(Alerts, AreNoneWhileAllIsWell) {
  EXPECT_EQ(raised(healthy()), "");
}

TEST(Alerts, WarnOfABackupOlderThan25Hours) {
  AlertObservations seen = healthy();
  seen.last_backup = ago(hours{25} - Milliseconds{1});
  EXPECT_EQ(raised(seen), "");
  seen.last_backup = ago(hours{25});
  EXPECT_EQ(raised(seen), "");
  seen.last_backup = ago(hours{25} + a_little);
  EXPECT_EQ(raised(seen), "backup-age warning");
}

TEST(Alerts, AreCriticalForABaseBackupOlderThan26Hours) {
  AlertObservations seen = healthy();
  seen.last_base_backup = ago(hours{26} - Milliseconds{1});
  EXPECT_EQ(raised(seen), "");
  seen.last_base_backup = ago(hours{26});
  EXPECT_EQ(raised(seen), "");
  seen.last_base_backup = ago(hours{26} + a_little);
  EXPECT_EQ(raised(seen), "base-backup-age critical");
}

TEST(Alerts, AreCriticalForWalNotSeenForTenMinutes) {
  AlertObservations seen = healthy();
  seen.last_wal_sync = ago(minutes{10});
  EXPECT_EQ(raised(seen), "");
  seen.last_wal_sync = ago(minutes{10} + a_little);
  EXPECT_EQ(raised(seen), "wal-sync critical");
}

TEST(Alerts, AreCriticalForFinishedWalThatWaitsForTenMinutes) {
  AlertObservations seen = healthy();
  seen.archive->waiting_since = ago(minutes{10});
  EXPECT_EQ(raised(seen), "");
  seen.archive->waiting_since = ago(minutes{10} + a_little);
  EXPECT_EQ(raised(seen), "wal-archive critical");
}

TEST(Alerts, BeginWith80And90PercentOfTheStorage) {
  AlertObservations seen = healthy();
  seen.storage = StorageUse{.used_bytes = 79'999'999'999, .free_bytes = 20'000'000'001};
  EXPECT_EQ(raised(seen), "");
  seen.storage = StorageUse{.used_bytes = 80, .free_bytes = 20};
  EXPECT_EQ(raised(seen), "storage-use warning");
  seen.storage = StorageUse{.used_bytes = 89'999'999'999, .free_bytes = 10'000'000'001};
  EXPECT_EQ(raised(seen), "storage-use warning");
  seen.storage = StorageUse{.used_bytes = 90, .free_bytes = 10};
  EXPECT_EQ(raised(seen), "storage-use critical");
  seen.storage = StorageUse{.used_bytes = 100, .free_bytes = 0};
  EXPECT_EQ(raised(seen), "storage-use critical");
}

TEST(Alerts, AreCriticalForARestoreThatFailedOnly) {
  AlertObservations seen = healthy();
  seen.last_restore = RestoreOutcome::worked;
  EXPECT_EQ(raised(seen), "");
  seen.last_restore = RestoreOutcome::failed;
  EXPECT_EQ(raised(seen), "restore-failed critical");
}

TEST(Alerts, AreUnknownForWhateverWasNotObserved) {
  EXPECT_EQ(raised({}),
      "backup-age unknown, base-backup-age unknown, wal-sync unknown, wal-archive unknown, "
      "storage-use unknown, restore-failed unknown");
  AlertObservations seen = healthy();
  seen.storage = StorageUse{};
  EXPECT_EQ(raised(seen), "storage-use unknown");
}

TEST(Alerts, AreUnknownForMarksFromTheFuture) {
  AlertObservations seen = healthy();
  seen.last_backup = now + a_little;
  seen.last_base_backup = now + a_little;
  seen.last_wal_sync = now + a_little;
  seen.archive->waiting_since = now + a_little;
  EXPECT_EQ(raised(seen),
      "backup-age unknown, base-backup-age unknown, wal-sync unknown, wal-archive unknown");
  seen = healthy();
  seen.last_backup = now;
  EXPECT_EQ(raised(seen), "");
}

TEST(Alerts, UseTheBoundsThatAreGiven) {
  AlertObservations seen = healthy();
  EXPECT_EQ(raised(seen, {.backup_age = minutes{59},
                             .base_backup_age = minutes{59},
                             .wal_age = Seconds{59},
                             .storage_warning = 5,
                             .storage_critical = 10}),
      "backup-age warning, base-backup-age critical, wal-sync critical, storage-use critical");
}

TEST(Alerts, SayWhatWasSeenAndWhatIsAllowed) {
  AlertObservations seen = healthy();
  seen.last_backup = ago(hours{27});
  const std::vector<Alert> alerts = evaluate({}, seen, now);
  ASSERT_EQ(alerts.size(), 1U);
  EXPECT_EQ(alerts[0].observed, "the last backup was 27 h 0 min ago");
  EXPECT_EQ(alerts[0].limit, "25h");
}

std::string changes(const std::vector<Alert>& before, const std::vector<Alert>& after) {
  std::string all;
  for (const AlertChange& change : changes_between(before, after)) {
    all += text_of(change.alert.sign) + (change.over ? " over; " : "; ");
  }
  return all;
}

TEST(AlertChanges, AreToldOnce) {
  const Alert warning{{AlertKind::storage_use, AlertLevel::warning}, "", ""};
  const Alert critical{{AlertKind::storage_use, AlertLevel::critical}, "", ""};
  const Alert old{{AlertKind::backup_age, AlertLevel::warning}, "", ""};
  EXPECT_EQ(changes({}, {}), "");
  EXPECT_EQ(changes({}, {warning}), "storage-use warning; ");
  EXPECT_EQ(changes({warning}, {warning}), "");
  EXPECT_EQ(changes({warning}, {critical, old}), "storage-use critical; backup-age warning; ");
  EXPECT_EQ(changes({critical, old}, {critical}), "backup-age warning over; ");
}

}  // namespace
}  // namespace pgrehearse
