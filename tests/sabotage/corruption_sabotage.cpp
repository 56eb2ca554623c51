// Damage of a table, with and without checksums: damage that never happened, damage that nobody
// should miss in the backup or on the restored server.
//
// Every variant that recovers from the last backup follows the same story, so what is wrong with
// the backup or the WAL is tried once, here; corruption_files_sabotage.cpp has what is special to a
// lost file.
#include <cstdint>

#include <fmt/format.h>

#include "tests/sabotage/corruption_trial.hpp"

namespace pgrehearse {
namespace {

// Of pg_xact (Postgres 15, clog.c): two bits each, 32 pages a file.
constexpr std::uint64_t transactions_in_a_byte = 4;
constexpr std::uint64_t bytes_in_a_file_of_the_commit_log = 32ULL * 8192;

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
  must_be_killed(
      BrokenRecovery{.killed_by = {"damage-detected", "nobody notices anything"}, .damage = none});
}

TEST_F(CorruptionSabotage, FlippedBitInTheWalOfTheBackup) {
  must_be_killed(BrokenRecovery{.killed_by = of_a_damaged_set(),
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
  must_be_killed(BrokenRecovery{.killed_by = {"soundness", "fails its checksum"},
      .restored = struck_again(flipped_heap_page())});
}

TEST_F(CorruptionSabotage, FlippedBitInAnIndexOfTheRestoredServer) {
  must_be_killed(BrokenRecovery{.killed_by = {"soundness", "fails its checksum"},
      .restored = struck_again(flipped_index_page())});
}

// One bit of the value is another, and so is the value; its row and its index are as they were.
TEST_F(CorruptionSabotage, FlippedBitInALongValueOfTheRestoredServer) {
  const Damage in_its_value{.name = "toast-page",
      .title = "a bit flips in a value that is stored out of line",
      .victim =
          "SELECT 'pgrehearse.stories', pg_relation_filepath(reltoastrelid) FROM pg_class "
          "WHERE oid = 'pgrehearse.stories'::regclass",
      .blow = Blow::flip_in_a_page};
  must_be_killed(BrokenRecovery{.killed_by = {"content", "pgrehearse.stories differs"},
      .checksums = DataChecksums::off,
      .detected_by = Watch::content,
      .before_marker =
          [](Drill&, Source& source) {
            source.cluster()
                .connect(source.subject().database)
                .exec(
                    "CREATE TABLE pgrehearse.stories (story text); ALTER TABLE pgrehearse.stories "
                    "ALTER story SET STORAGE EXTERNAL; INSERT INTO "
                    "pgrehearse.stories VALUES (repeat('long ', 20000))");
          },
      .restored = struck_again(in_its_value)});
}

// Two bits say how a transaction ended, four transactions share a byte: of one that committed the
// lowest bit makes one that never ended.
TEST_F(CorruptionSabotage, FlippedBitInTheCommitLogOfTheRestoredServer) {
  must_be_killed(BrokenRecovery{.killed_by = {"exact-set", "are not committed"},
      .restored = [](Restored& restored, Source& source) {
        if (!source.tool().properties().physical) {
          throw NotApplicable{source.tool().properties().name + " brings no commit log"};
        }
        std::uint64_t byte = 0;
        {
          Session session = restored.cluster.connect(source.subject().database);
          byte = std::stoull(
                     session.value("SELECT max(xid::text::bigint) FROM pgrehearse.commits WHERE "
                                   "xid::text::bigint % 4 = 0")) /
                 transactions_in_a_byte;
        }
        restored.cluster.stop();
        Instance& instance = restored.cluster.instance();
        exec_or_throw(instance, {.argv = {instance.path_of(Place::agent), "flip",
                                     fmt::format("{}/pg_xact/{:04X}", restored.cluster.data_path(),
                                         byte / bytes_in_a_file_of_the_commit_log),
                                     fmt::format("{}", byte % bytes_in_a_file_of_the_commit_log)}});
        restored.cluster.start();
      }});
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
  must_be_killed(BrokenRecovery{.killed_by = {"recovery-ending", "stopped before the marker"},
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
  must_be_killed(BrokenRecovery{.killed_by = {"content", "differs"},
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
  must_be_killed(BrokenRecovery{.killed_by = {"content", "differs"},
      .checksums = DataChecksums::off,
      .detected_by = Watch::content,
      .restore = [](Drill& drill, Source& source, const BackupSet&, const Marker&) {
        return drill.restore(source, source.take_full_backup(), Latest{});
      }});
}

// An empty page is a sound one, with checksums or without.
TEST_F(CorruptionSabotage, PageOfZerosInATableOfTheRestoredServer) {
  must_be_killed(BrokenRecovery{.killed_by = {"rows", "differs"},
      .checksums = DataChecksums::off,
      .detected_by = Watch::content,
      .restored = zeroed_page()});
}

}  // namespace
}  // namespace pgrehearse
