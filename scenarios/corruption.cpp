// Storage damaged the database below SQL: a page, an index, a file, an archived segment, a backup.
//
// Claim: the damage is noticed by the watch that should notice it, before clients are let in again,
// and from the last backup set that is still what was written, with the archived WAL, the database
// comes back exactly as it was before the damage: no acknowledged commit is lost. Refusal: a server
// that merely answers proves nothing here. The restored cluster must hold every fact of the marker
// and be sound page by page; a backup or a segment that is not what was written is never used.
#include <utility>

#include "harness/gtest/scenario.hpp"

namespace pgrehearse {
namespace {

class Corruption : public Scenario {
 protected:
  /// The runbook: restore the last verified backup beside the damaged server, replay everything.
  void recover_from(
      const Damage& damage, Watch detected_by, DataChecksums checksums = DataChecksums::on) {
    Drill drill = begin("corruption");
    auto made = prepare(drill, checksums);
    auto injury = strike(drill, *made.source, damage);
    notice(drill, *made.source, made.marker, injury, detected_by);
    auto restored = drill.step("Restore the last backup beside it and replay up to the marker",
        [&] { return drill.restore(*made.source, made.backup, to(made.marker)); });
    ask_everything(drill, restored, *made.source, made.marker);
    drill.expect_objectives_met(restored, *made.source, made.marker, injury);
  }

  /// A source with a backup and, after more writes, the marker.
  struct Prepared {
    std::unique_ptr<Source> source;
    BackupSet backup;
    Marker marker;
  };
  Prepared prepare(Drill& drill, DataChecksums checksums = DataChecksums::on) {
    auto source = drill.step(
        "Start the database and load the baseline", [&] { return drill.start_source(checksums); });
    auto backup =
        drill.step("Take a full backup and verify it", [&] { return source->take_full_backup(); });
    auto marker = drill.step("Let clients write, then hold them and set the marker", [&] {
      source->write(run().options.commits);
      return source->set_marker("before-damage", backup);
    });
    return {std::move(source), std::move(backup), std::move(marker)};
  }

  static Injury strike(Drill& drill, Source& source, const Damage& damage) {
    return drill.step("INCIDENT: while the server is down, " + damage.title,
        [&] { return drill.inject(source, damage); });
  }

  static void notice(Drill& drill, const Source& source, const Marker& marker, const Injury& injury,
      Watch detected_by) {
    drill.step("Read everything before clients are let in again, and raise the alarm", [&] {
      drill.notice(look_for_damage(source.cluster(), marker), injury, detected_by);
      drill.raise_alarm();
    });
  }

  void ask_everything(Drill& drill, Restored& restored, Source& source, const Marker& marker) {
    drill.expect(restored, stopped_at(marker));
    drill.expect(restored, holds_exactly_the_commits_before(marker, source));
    drill.expect(restored, has_every_fact_of(marker, subject().database));
    drill.expect(restored, is_sound());
    drill.expect(restored, has_current_migrations(run(), source));
    drill.expect(restored, answers_the_subjects_checks(subject(), marker));
    drill.expect(restored, is_a_server_of_its_own(source));
    drill.step("Close the old server to clients and switch the traffic",
        [&] { drill.switch_traffic(source, restored); });
    drill.expect(restored, has_the_traffic(source));
    drill.expect(restored, is_serving(source));
    drill.expect_ready_application(restored, source);
    drill.expect(restored, keeps_clients_off_the_old_server(source));
    drill.expect(restored, left_the_archive_alone(source, drill.archive_before_restore()));
    drill.expect(restored, has_a_clean_log());
  }
};

TEST_F(Corruption, AFlippedBitInATableIsFoundByItsChecksum) {
  recover_from(flipped_heap_page(), Watch::amcheck);
}

TEST_F(Corruption, AFlippedBitInATableWithoutChecksumsIsFoundByItsContent) {
  recover_from(flipped_heap_page(), Watch::content, DataChecksums::off);
}

TEST_F(Corruption, AMissingTableFileComesBack) {
  recover_from(missing_relation_file(), Watch::amcheck);
}

TEST_F(Corruption, ALostControlFileDoesNotLoseACommit) {
  recover_from(lost_control_file(), Watch::start);
}

TEST_F(Corruption, ADamagedIndexIsRebuiltInPlace) {
  Drill drill = begin("corruption");
  auto made = prepare(drill);
  auto injury = strike(drill, *made.source, flipped_index_page());
  notice(drill, *made.source, made.marker, injury, Watch::amcheck);
  auto repaired = drill.step("Rebuild the index in place: its table is sound", [&] {
    drill.note_archive(*made.source, made.backup);
    return drill.rebuild_index(*made.source, injury, made.marker);
  });
  drill.expect(repaired, holds_exactly_the_commits_before(made.marker, *made.source));
  drill.expect(repaired, has_every_fact_of(made.marker, subject().database));
  drill.expect(repaired, is_sound());
  drill.expect(repaired, has_current_migrations(run(), *made.source));
  drill.expect(repaired, answers_the_subjects_checks(subject(), made.marker));
  drill.expect(repaired, is_serving(*made.source));
  drill.expect_ready_application(repaired, *made.source);
  drill.expect(repaired, left_the_archive_alone(*made.source, drill.archive_before_restore()));
  drill.expect_objectives_met(repaired, *made.source, made.marker, injury);
}

TEST_F(Corruption, ADamagedNewestBackupIsRefusedAndTheOneBeforeItUsed) {
  Drill drill = begin("corruption");
  auto source =
      drill.step("Start the database and load the baseline", [&] { return drill.start_source(); });
  auto older =
      drill.step("Take a full backup and verify it", [&] { return source->take_full_backup(); });
  auto newest = drill.step("Let clients write, and take another", [&] {
    source->write(run().options.commits);
    return source->take_full_backup();
  });
  auto marker = drill.step("Let clients write, then hold them and set the marker", [&] {
    source->write(run().options.commits);
    return source->set_marker("before-damage", older);
  });
  auto injury = strike(drill, *source, flipped_heap_page());
  drill.step(
      "A bit of the newest backup flips as well", [&] { Drill::damage_backup(*source, newest); });
  notice(drill, *source, marker, injury, Watch::amcheck);
  auto restored = drill.step("Restore the newest backup that is still what was written", [&] {
    return drill.restore_newest_usable(*source, {older, newest}, to(marker), {newest.id});
  });
  ask_everything(drill, restored, *source, marker);
  drill.expect_objectives_met(restored, *source, marker, injury);
}

TEST_F(Corruption, SilentDamageOlderThanTheNewestBackupsIsFoundByBisectingThem) {
  Drill drill = begin("corruption");
  auto source = drill.step("Start the database and load the baseline",
      [&] { return drill.start_source(DataChecksums::off); });
  auto backups = drill.step("Take a full backup, let clients write, take another", [&] {
    std::vector<BackupSet> taken{source->take_full_backup()};
    source->write(20);
    taken.push_back(source->take_full_backup());
    return taken;
  });
  auto marker = drill.step("Let clients write, then hold them and set the marker", [&] {
    source->write(run().options.commits);
    return source->set_marker("before-damage", backups.front());
  });
  auto injury = strike(drill, *source, flipped_heap_page());
  drill.step("Nobody looks, and two more backups are taken of the damaged database", [&] {
    backups.push_back(source->take_full_backup());
    backups.push_back(source->take_full_backup());
  });
  notice(drill, *source, marker, injury, Watch::content);
  auto restored = drill.step("Bisect the backups for the newest that is clean",
      [&] { return drill.restore_newest_clean(*source, backups, marker, injury, backups[1].id); });
  ask_everything(drill, restored, *source, marker);
  drill.expect_objectives_met(restored, *source, marker, injury);
}

TEST_F(Corruption, ADamagedArchivedSegmentStopsTheOldChainAndANewBackupReplacesIt) {
  Drill drill = begin("corruption");
  auto made = prepare(drill);
  auto archived =
      drill.step("Note what is in the archive", [&] { return made.source->archived_files(); });
  auto injury = drill.step("INCIDENT: a bit flips in the archived segment of the marker",
      [&] { return drill.damage_archive(*made.source, made.marker.last_segment); });
  drill.step("Read the archive again, and raise the alarm", [&] {
    drill.notice(changes_in(archived, made.source->archived_files()), injury, Watch::archive);
    drill.raise_alarm();
  });
  auto broken = drill.step("See that nothing is recovered through the damaged segment",
      [&] { return drill.restore(*made.source, made.backup, to(made.marker)); });
  drill.expect(broken, died_in_segment(made.marker.last_segment));
  auto fresh = drill.step("Take a new backup of the server, which is sound",
      [&] { return made.source->take_full_backup(); });
  auto newer = drill.step("Let clients write, then hold them and set a new marker", [&] {
    made.source->write(run().options.commits);
    return made.source->set_marker("after-new-backup", fresh);
  });
  auto restored = drill.step("Restore the new backup and replay up to its marker",
      [&] { return drill.restore(*made.source, fresh, to(newer)); });
  ask_everything(drill, restored, *made.source, newer);
  drill.expect_objectives_met(restored, *made.source, newer, injury);
}

}  // namespace
}  // namespace pgrehearse
