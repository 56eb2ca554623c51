// Somebody destroyed data by mistake, and the cluster followed the order faithfully.
//
// Claim: from the last full backup and the archived WAL, the database comes back exactly as it was
// at the marker, a moment before the mistake: every acknowledged commit before it, nothing after
// it. Refusal: a restored server that merely starts proves nothing here. The drill is red unless
// recovery stopped at the marker for the right reason and every fact of the cluster is the one
// recorded there.
#include <utility>

#include "harness/drill/uploads.hpp"
#include "harness/gtest/scenario.hpp"
#include "harness/incident/accident.hpp"

namespace pgrehearse {
namespace {

class AccidentalDelete : public Scenario {
 protected:
  struct Prepared {
    std::unique_ptr<Source> source;
    BackupSet backup;
    Marker marker;
  };

  /// A source with a backup, and a marker set while the clients are held.
  Prepared prepare(Drill& drill) {
    auto source = drill.step(
        "Start the database and load the baseline", [&] { return drill.start_source(); });
    auto backup =
        drill.step("Take a full backup and verify it", [&] { return source->take_full_backup(); });
    auto marker = drill.step("Let clients write, then set the marker", [&] {
      source->write(run().options.commits);
      return source->set_marker("before-mistake", backup);
    });
    return {std::move(source), std::move(backup), std::move(marker)};
  }

  /// Once the data have been judged.
  static void lead_clients_to(Drill& drill, Restored& restored, Source& source) {
    drill.expect(restored, is_a_server_of_its_own(source));
    drill.step("Close the old server to clients and switch the traffic",
        [&] { drill.switch_traffic(source, restored); });
    drill.expect(restored, has_the_traffic(source));
    drill.expect(restored, is_serving(source));
    drill.expect_ready_application(restored, source);
    drill.expect(restored, keeps_clients_off_the_old_server(source));
  }

  /// The runbook, the same for every way of losing data.
  void recover_from(const Incident& mistake) {
    Drill drill = begin("accidental-delete");

    const Prepared made = prepare(drill);
    recover(drill, *made.source, made.backup, made.marker, mistake);
  }

  void recover(Drill& drill, Source& source, const BackupSet& backup, const Marker& marker,
      const Incident& mistake) {
    auto injury = drill.step("INCIDENT: " + mistake.title, [&] {
      source.write(20);
      return drill.inject(source, mistake);
    });
    drill.step("Clients go on writing until the alarm", [&] {
      source.attempt(40);
      drill.raise_alarm();
    });
    auto restored = drill.step("Restore a fresh copy and stop at the marker",
        [&] { return drill.restore(source, backup, to(marker)); });

    drill.expect(restored, stopped_at(marker));
    drill.expect(restored, holds_exactly_the_commits_before(marker, source));
    drill.expect(restored, has_every_fact_of(marker, subject().database));
    drill.expect(restored, shows_nothing_of(injury, marker, subject().database));
    drill.expect(restored, has_current_migrations(run(), source));
    drill.expect(restored, answers_the_subjects_checks(subject(), marker));
    drill.expect(restored, is_sound());
    lead_clients_to(drill, restored, source);
    drill.expect(restored, left_the_archive_alone(source, drill.archive_before_restore()));
    drill.expect(restored, has_a_clean_log());
    drill.expect_objectives_met(restored, source, marker, injury);
  }
};

TEST_F(AccidentalDelete, RowsDeletedWithoutWhereComeBack) {
  recover_from(delete_without_where(subject().accidental_delete.delete_from));
}

TEST_F(AccidentalDelete, ADroppedTableComesBack) {
  recover_from(dropped_table(subject().accidental_delete.drop_table));
}

TEST_F(AccidentalDelete, ATruncatedTableComesBack) {
  recover_from(truncated_table(subject().accidental_delete.truncate));
}

TEST_F(AccidentalDelete, ABadMigrationIsUndone) {
  recover_from(bad_migration(
      subject().accidental_delete.bad_migration, subject().accidental_delete.bad_migration_table));
}

TEST_F(AccidentalDelete, ADroppedSchemaComesBack) {
  recover_from(dropped_schema(subject().accidental_delete.drop_schema));
}

TEST_F(AccidentalDelete, TheMarkerIsExactWhileClientsGoOnWriting) {
  Drill drill = begin("accidental-delete");

  auto source =
      drill.step("Start the database and load the baseline", [&] { return drill.start_source(); });
  auto backup =
      drill.step("Take a full backup and verify it", [&] { return source->take_full_backup(); });
  auto marker = drill.step("Set the marker while clients write", [&] {
    source->keep_writing(run().options.commits);
    return source->set_marker_under_load("before-mistake", backup);
  });
  recover(drill, *source, backup, marker,
      delete_without_where(subject().accidental_delete.delete_from));
}

TEST_F(AccidentalDelete, LostRowsAreCopiedBackAndLaterCommitsKept) {
  Drill drill = begin("accidental-delete");

  const Prepared made = prepare(drill);
  const Incident mistake = delete_without_where(subject().accidental_delete.copy_back);
  auto injury = drill.step("INCIDENT: " + mistake.title, [&] {
    made.source->write(20);
    return drill.inject(*made.source, mistake);
  });
  drill.step("Clients go on writing, and their work shall be kept", [&] {
    made.source->write(40);
    drill.raise_alarm();
  });
  auto beside = drill.step("Recover beside the live database, to just before the mistake", [&] {
    made.source->archive_everything();
    return drill.restore(*made.source, made.backup, just_before(injury.xid));
  });
  drill.expect(beside, stopped_just_before(injury));
  auto surgery = drill.step("Copy the lost rows back into the live database",
      [&] { return drill.copy_back(beside, *made.source, made.backup, injury); });

  auto live = drill.live(*made.source);
  const Marker kept = until_now(made.marker);
  drill.expect(live, has_the_lost_rows_and_nothing_else(surgery, subject().database));
  drill.expect(live, holds_every_acknowledged_commit(*made.source));
  drill.expect(live, has_current_migrations(run(), *made.source));
  drill.expect(live, answers_the_subjects_checks(subject(), kept));
  drill.expect(live, is_sound());
  drill.expect(live, is_serving(*made.source));
  drill.expect_ready_application(live, *made.source);
  drill.expect(live, left_the_archive_alone(*made.source, drill.archive_before_restore()));
  drill.expect_objectives_met(live, *made.source, kept, injury);
}

TEST_F(AccidentalDelete, WhatWasErasedAfterTheMarkerStaysErased) {
  if (!subject().erasure) {
    GTEST_SKIP() << lacking("erasure");
  }
  Drill drill = begin("accidental-delete");

  const Prepared made = prepare(drill);
  auto erasure = drill.step("Erase what somebody has the right to have erased, and note it outside",
      [&] { return erase(*made.source); });
  const Incident mistake = delete_without_where(subject().accidental_delete.delete_from);
  auto injury = drill.step("INCIDENT: " + mistake.title, [&] {
    Injury done = drill.inject(*made.source, mistake);
    drill.raise_alarm();
    return done;
  });
  auto restored = drill.step("Restore a fresh copy and stop at the marker",
      [&] { return drill.restore(*made.source, made.backup, to(made.marker)); });

  drill.expect(restored, stopped_at(made.marker));
  drill.expect(restored, holds_exactly_the_commits_before(made.marker, *made.source));
  drill.expect(restored, has_every_fact_of(made.marker, subject().database));
  drill.expect(restored, shows_nothing_of(injury, made.marker, subject().database));
  drill.expect(restored, has_current_migrations(run(), *made.source));
  drill.expect(restored, answers_the_subjects_checks(subject(), made.marker));
  drill.expect(restored, is_sound());
  drill.step("Erase it again, before anybody can see it",
      [&] { erase_again(erasure, restored, *made.source); });
  drill.expect(restored, has_erased_again(erasure, made.marker, subject()));
  lead_clients_to(drill, restored, *made.source);
  drill.expect(restored, left_the_archive_alone(*made.source, drill.archive_before_restore()));
  drill.expect(restored, has_a_clean_log());
  drill.expect_objectives_met(restored, *made.source, made.marker, injury);
}

TEST_F(AccidentalDelete, FilesBesideTheDatabaseComeBackWithIt) {
  if (!subject().uploads) {
    GTEST_SKIP() << lacking("uploads");
  }
  Drill drill = begin("accidental-delete");
  UploadStores files{run()};

  auto source =
      drill.step("Start the database and load the baseline", [&] { return drill.start_source(); });
  auto backup = drill.step("Take a full backup, and one of the files beside it", [&] {
    make_uploads(*source, files.live());
    copy_uploads(files.live(), files.backup());
    return source->take_full_backup();
  });
  auto marker = drill.step("Let clients write, then set the marker", [&] {
    source->write(run().options.commits);
    return source->set_marker("before-mistake", backup);
  });
  const Incident mistake = delete_without_where(subject().accidental_delete.delete_from);
  auto injury = drill.step("INCIDENT: every file is removed, and " + mistake.title, [&] {
    Injury done = drill.inject(*source, mistake);
    lose_uploads(files.live());
    drill.raise_alarm();
    return done;
  });
  auto restored =
      drill.step("Restore a fresh copy, stop at the marker, and copy the files back", [&] {
        copy_uploads(files.backup(), files.live());
        return drill.restore(*source, backup, to(marker));
      });

  drill.expect(restored, stopped_at(marker));
  drill.expect(restored, holds_exactly_the_commits_before(marker, *source));
  drill.expect(restored, has_every_fact_of(marker, subject().database));
  drill.expect(restored, shows_nothing_of(injury, marker, subject().database));
  drill.expect(restored, has_every_upload(files.live(), subject()));
  drill.expect(restored, answers_the_subjects_checks(subject(), marker));
  drill.expect(restored, is_sound());
  lead_clients_to(drill, restored, *source);
  drill.expect(restored, left_the_archive_alone(*source, drill.archive_before_restore()));
  drill.expect(restored, has_a_clean_log());
  drill.expect_objectives_met(restored, *source, marker, injury);
}

TEST_F(AccidentalDelete, CachesAreRebuiltFromTheRestoredDatabase) {
  if (subject().caches.empty()) {
    GTEST_SKIP() << lacking("caches");
  }
  Drill drill = begin("accidental-delete");

  const Prepared made = prepare(drill);
  Caches caches = drill.step("Start the caches", [&] { return Caches{run()}; });
  drill.step("Clients write more, and the caches are filled with all of it", [&] {
    made.source->write(20);
    caches.fill(*made.source);
  });
  const Incident mistake = delete_without_where(subject().accidental_delete.delete_from);
  auto injury = drill.step("INCIDENT: " + mistake.title, [&] {
    Injury done = drill.inject(*made.source, mistake);
    drill.raise_alarm();
    return done;
  });
  auto restored = drill.step("Restore a fresh copy and stop at the marker",
      [&] { return drill.restore(*made.source, made.backup, to(made.marker)); });

  drill.expect(restored, stopped_at(made.marker));
  drill.expect(restored, holds_exactly_the_commits_before(made.marker, *made.source));
  drill.expect(restored, has_every_fact_of(made.marker, subject().database));
  drill.expect(restored, shows_nothing_of(injury, made.marker, subject().database));
  drill.expect(restored, has_current_migrations(run(), *made.source));
  drill.expect(restored, answers_the_subjects_checks(subject(), made.marker));
  drill.expect(restored, is_sound());
  drill.step("Rebuild the caches, before anybody can read what is gone",
      [&] { drill.rebuild_caches(caches, *made.source, restored); });
  drill.expect(restored, has_fresh_caches(caches, *made.source));
  lead_clients_to(drill, restored, *made.source);
  drill.expect(restored, left_the_archive_alone(*made.source, drill.archive_before_restore()));
  drill.expect(restored, has_a_clean_log());
  drill.expect_objectives_met(restored, *made.source, made.marker, injury);
}

}  // namespace
}  // namespace pgrehearse
