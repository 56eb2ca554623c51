// Backups are in trouble, and the database itself is well: nobody who uses it notices anything.
//
// Claim: whoever watches over the marks, the archive and the last restore is told in time which of
// them it is, and is told nothing while all is well. After the repair the alert is over, and a
// restore proves that nothing was lost. Refusal: an alert that is over proves nothing here: the
// restored cluster must hold every fact of a marker that was set after the repair.
//
// Hours are not waited for: marks and file times are set back, and the record says by how much.
#include <utility>

#include "harness/gtest/scenario.hpp"

namespace pgrehearse {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr AlertSign old_backup{AlertKind::backup_age, AlertLevel::warning};
constexpr AlertSign old_base_backup{AlertKind::base_backup_age, AlertLevel::critical};
constexpr AlertSign wal_not_seen{AlertKind::wal_sync, AlertLevel::critical};
constexpr AlertSign wal_waits{AlertKind::wal_archive, AlertLevel::critical};
constexpr AlertSign restore_failed{AlertKind::restore, AlertLevel::critical};
const std::vector<AlertSign> nothing;

class BackupFailure : public Scenario {
 protected:
  /// A source with a backup and archived WAL, and nobody has anything to say about them.
  struct Prepared {
    std::unique_ptr<Source> source;
    BackupSet backup;
  };
  Prepared prepare(Drill& drill) {
    auto source = drill.step(
        "Start the database and load the baseline", [&] { return drill.start_source(); });
    auto backup =
        drill.step("Take a full backup and verify it", [&] { return source->take_full_backup(); });
    drill.step("Let clients write, archive the WAL, and see that no alert is raised", [&] {
      source->write(run().options.commits);
      source->archive_everything();
      drill.expect_alerts(*source, nothing);
    });
    return {std::move(source), std::move(backup)};
  }

  /// After the repair: restored from this backup, nothing is missing.
  void prove_repaired(Drill& drill, Source& source, const BackupSet& backup) {
    auto marker = drill.step("Let clients write, then hold them and set a marker", [&] {
      source.write(run().options.commits);
      return source.set_marker("after-repair", backup);
    });
    auto restored = drill.step("Restore a fresh copy and stop at the marker",
        [&] { return drill.restore(source, backup, to(marker)); });
    drill.expect(restored, stopped_at(marker));
    drill.expect(restored, holds_exactly_the_commits_before(marker, source));
    drill.expect(restored, has_every_fact_of(marker, subject().database));
    drill.expect(restored, answers_the_subjects_checks(subject(), marker));
    drill.expect(restored, is_sound());
    drill.expect(restored, is_a_server_of_its_own(source));
    drill.expect(restored, left_the_archive_alone(source, drill.archive_before_restore()));
    drill.expect(restored, has_a_clean_log());
    drill.step("See that the alert is over", [&] { drill.expect_alerts(source, nothing); });
  }
};

TEST_F(BackupFailure, ABackupJobThatSilentlyStoppedIsNoticedByTheAgeOfItsMark) {
  Drill drill = begin("backup-failure");
  auto made = prepare(drill);
  drill.step("INCIDENT: 27 hours pass, WAL is archived, and no backup is taken", [&] {
    drill.let_time_pass(*made.source, hours{27});
    made.source->write(20);
    made.source->archive_everything();
  });
  drill.step("The ages of the last backups raise the alarm", [&] {
    drill.expect_alerts(*made.source, {old_backup, old_base_backup});
    drill.raise_alarm();
  });
  auto by_hand =
      drill.step("Take a backup by hand", [&] { return made.source->take_full_backup(); });
  drill.step("See that the alert is over", [&] { drill.expect_alerts(*made.source, nothing); });
  prove_repaired(drill, *made.source, by_hand);
}

TEST_F(BackupFailure, ArchivingThatStalledIsNoticedByTheWalThatWaits) {
  Drill drill = begin("backup-failure");
  auto made = prepare(drill);
  drill.step("INCIDENT: the archive takes no more WAL, and clients go on writing", [&] {
    drill.stall_archive(*made.source);
    made.source->write(20);
    drill.let_time_pass(*made.source, minutes{11});
  });
  drill.step("WAL that waits, and a mark that is not renewed, raise the alarm", [&] {
    drill.expect_alerts(*made.source, {wal_not_seen, wal_waits});
    drill.raise_alarm();
  });
  drill.step("Let the archive take WAL again, and see all of it archived", [&] {
    drill.mend_archive(*made.source);
    made.source->archive_everything();
  });
  drill.step("See that the alert is over", [&] { drill.expect_alerts(*made.source, nothing); });
  prove_repaired(drill, *made.source, made.backup);
}

TEST_F(BackupFailure, ARehearsedRestoreThatFailsIsEscalatedAndANewBackupTaken) {
  Drill drill = begin("backup-failure");
  auto made = prepare(drill);
  auto marker = drill.step(
      "Set a marker", [&] { return made.source->set_marker("before-rehearsal", made.backup); });
  drill.step("INCIDENT: a bit of the backup flips", [&] {
    Drill::damage_backup(*made.source, made.source->restorable(made.backup, to(marker)));
  });
  drill.step("The monthly restore fails, and that raises the alarm", [&] {
    drill.rehearse_restore(*made.source, made.backup, to(marker));
    drill.expect_alerts(*made.source, {restore_failed});
    drill.raise_alarm();
  });
  auto fresh = drill.step("Take a new backup", [&] { return made.source->take_full_backup(); });
  prove_repaired(drill, *made.source, fresh);
}

}  // namespace
}  // namespace pgrehearse
