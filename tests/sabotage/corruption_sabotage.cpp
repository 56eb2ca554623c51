// Damage of a table, with and without checksums: damage that never happened, damage that nobody
// should miss in the backup or on the restored server.
//
// Every variant that recovers from the last backup follows the same story, so what is wrong with
// the backup or the WAL is tried once, here; corruption_files_sabotage.cpp has what is special to a
// lost file.
#include <fmt/format.h>

#include "tests/sabotage/corruption_trial.hpp"

namespace pgrehearse {
namespace {

/// A hook that writes a page of zeros where the first page of the largest table was.
std::function<void(Restored&, Source&)> zeroed_page() {
  return [](Restored& restored, Source& source) {
    Victim victim;
    {
      Session session = restored.cluster.connect(source.subject().database);
      victim = victim_of(session, missing_relation_file());
    }
    restored.cluster.stop();
    exec_or_throw(restored.cluster.instance(),
        {.argv = {"dd", "if=/dev/zero", "of=" + restored.cluster.data_path() + "/" + victim.file,
             "bs=8192", "count=1", "conv=notrunc"}});
    restored.cluster.start();
  };
}

TEST_F(CorruptionSabotage, TheHealthyTwinIsGreen) {
  must_be_green(BrokenRecovery{});
}

TEST_F(CorruptionSabotage, DamageThatNeverHappened) {
  Damage none = flipped_heap_page();
  none.blow = Blow::none;
  must_be_killed(BrokenRecovery{.killed_by = "damage-detected", .damage = none});
}

TEST_F(CorruptionSabotage, FlippedBitInTheWalOfTheBackup) {
  must_be_killed(BrokenRecovery{.killed_by = "backup-verified",
      .restore = [](Drill& drill, Source& source, const BackupSet& set, const Marker& marker) {
        Drill::damage_backup(source, source.restorable(set, to(marker)));
        return drill.restore(source, set, to(marker));
      }});
}

TEST_F(CorruptionSabotage, BackupWithoutItsLabel) {
  must_be_killed(BrokenRecovery{.killed_by = {"backup-verified", "backup_label"},
      .restore = [](Drill& drill, Source& source, const BackupSet& set, const Marker& marker) {
        exec_or_throw(
            source.cluster().instance(), {.argv = {"rm", inside(source, set, "backup_label")}});
        return drill.restore(source, set, to(marker));
      }});
}

TEST_F(CorruptionSabotage, BackupWithAFileThatWasNotTaken) {
  must_be_killed(BrokenRecovery{.killed_by = {"backup-verified", "standby.signal"},
      .restore = [](Drill& drill, Source& source, const BackupSet& set, const Marker& marker) {
        put_file(source.cluster().instance(), inside(source, set, "pg_wal/standby.signal"), "");
        return drill.restore(source, set, to(marker));
      }});
}

TEST_F(CorruptionSabotage, FlippedBitInATableOfTheRestoredServer) {
  must_be_killed(
      BrokenRecovery{.killed_by = "soundness", .restored = struck_again(flipped_heap_page())});
}

TEST_F(CorruptionSabotage, FlippedBitInAnIndexOfTheRestoredServer) {
  must_be_killed(
      BrokenRecovery{.killed_by = "soundness", .restored = struck_again(flipped_index_page())});
}

// The index was not told of a row that was written meanwhile: it is intact, and incomplete.
TEST_F(CorruptionSabotage, IndexThatLacksARowOfItsTable) {
  must_be_killed(BrokenRecovery{.killed_by = {"soundness", "a row is not in the index"},
      .restored = [](Restored& restored, Source& source) {
        Session session = restored.cluster.connect(source.subject().database);
        const std::string ready =
            "UPDATE pg_catalog.pg_index SET indisready = {} WHERE indexrelid = "
            "'pgrehearse.commits_pkey'::regclass";
        session.exec(fmt::format(fmt::runtime(ready), false));
        session.exec(
            "WITH row AS (DELETE FROM pgrehearse.commits WHERE (writer, sequence) = (1, 1) "
            "RETURNING *) INSERT INTO pgrehearse.commits SELECT * FROM row");
        session.exec(fmt::format(fmt::runtime(ready), true));
      }});
}

// The library that sorts is another one than when the index was built; every row is there.
TEST_F(CorruptionSabotage, IndexInTheOrderOfAnotherLibrary) {
  must_be_killed(BrokenRecovery{.killed_by = {"soundness", "out of order"},
      .before_marker =
          [](Drill&, Source& source) {
            source.cluster()
                .connect(source.subject().database)
                .exec("INSERT INTO pgrehearse.sentinels VALUES ('a'), ('B'), ('c'), ('D')");
          },
      .restored =
          [](Restored& restored, Source& source) {
            restored.cluster.connect(source.subject().database)
                .exec(
                    "UPDATE pg_catalog.pg_index SET indcollation = (SELECT oid::text FROM "
                    "pg_catalog.pg_collation WHERE collname = 'und-x-icu')::oidvector WHERE "
                    "indexrelid = 'pgrehearse.sentinels_pkey'::regclass");
          }});
}

// The catalog calls it validated, as it was.
TEST_F(CorruptionSabotage, ForeignKeyThatTheRowsBreak) {
  must_be_killed(BrokenRecovery{.killed_by = {"soundness", "rows break its foreign key"},
      .before_marker =
          [](Drill&, Source& source) {
            source.cluster()
                .connect(source.subject().database)
                .exec(
                    "CREATE TABLE pgrehearse.houses (id integer PRIMARY KEY); CREATE TABLE "
                    "pgrehearse.rooms (house integer REFERENCES pgrehearse.houses); INSERT INTO "
                    "pgrehearse.houses VALUES (1); INSERT INTO pgrehearse.rooms VALUES (1)");
          },
      .restored =
          [](Restored& restored, Source& source) {
            restored.cluster.connect(source.subject().database)
                .exec("SET session_replication_role = replica; DELETE FROM pgrehearse.houses");
          }});
}

TEST_F(CorruptionSabotage, DamagedSegmentAndNoTarget) {
  must_be_killed(BrokenRecovery{.killed_by = "recovery-ending",
      .restore = [](Drill& drill, Source& source, const BackupSet& set, const Marker& marker) {
        flip_in_the_records(
            source.cluster().instance(), in_the_archive(source, marker.last_segment));
        return drill.restore(source, set, Latest{});
      }});
}

TEST_F(CorruptionSabotage, TheHealthyTwinWithoutChecksumsIsGreen) {
  must_be_green(BrokenRecovery{.checksums = DataChecksums::off, .detected_by = Watch::content});
}

TEST_F(CorruptionSabotage, FlippedBitOfTheRestoredServerWithoutChecksums) {
  must_be_killed(BrokenRecovery{.killed_by = "content",
      .checksums = DataChecksums::off,
      .detected_by = Watch::content,
      .restored = struck_again(flipped_heap_page())});
}

// Every page is well-formed: only the digests of the content can tell.
TEST_F(CorruptionSabotage, FlippedBitWithoutChecksumsLeftToTheReaderOfPages) {
  must_be_killed(BrokenRecovery{.killed_by = {"damage-detected", "something else"},
      .checksums = DataChecksums::off,
      .detected_by = Watch::amcheck});
}

TEST_F(CorruptionSabotage, BackupTakenOfTheDamagedTable) {
  must_be_killed(BrokenRecovery{.killed_by = "content",
      .checksums = DataChecksums::off,
      .detected_by = Watch::content,
      .restore = [](Drill& drill, Source& source, const BackupSet&, const Marker&) {
        return drill.restore(source, source.take_full_backup(), Latest{});
      }});
}

// An empty page is a sound one, with checksums or without.
TEST_F(CorruptionSabotage, PageOfZerosInATableOfTheRestoredServer) {
  must_be_killed(BrokenRecovery{.killed_by = "rows",
      .checksums = DataChecksums::off,
      .detected_by = Watch::content,
      .restored = zeroed_page()});
}

}  // namespace
}  // namespace pgrehearse
