// What can go wrong on the way to a restored server: the marker, the archive, the backup, the
// target.
//
// The five ways of losing data follow one story and differ by their accident, so all but "it is
// still there" is tried once, with the DELETE.
#include <fmt/format.h>

#include "tests/sabotage/accidental_delete_trial.hpp"

namespace pgrehearse {
namespace {

using Accident = std::function<Incident(const Subject&)>;

/// The accident happens again, on the restored server.
Sabotage happened_again(
    const Accident& accident, const Red& killed_by = {"incident-undone", "the damage is there"}) {
  return {.killed_by = killed_by,
      .incident = accident,
      .restored = [accident](Restored& restored, Source& source) {
        restored.cluster.connect(source.subject().database).exec(accident(source.subject()).sql);
      }};
}

// The healthy twin: the same drill with nothing broken must be green, else a red below proves
// nothing.
TEST_F(AccidentalDeleteSabotage, TheHealthyTwinIsGreen) {
  must_be_green(Sabotage{});
}

TEST_F(AccidentalDeleteSabotage, MarkerSetAfterTheDelete) {
  must_be_killed(Sabotage{.killed_by = {"incident-undone", "the marker lies after the damage"},
      .marker_after_incident = true});
}

TEST_F(AccidentalDeleteSabotage, TargetAMicrosecondTooLate) {
  must_be_killed(Sabotage{.killed_by = {"exact-set", "was sent after the marker, yet is there"},
      .target = [](const Marker&, const Injury& injury) {
        return AtTime{injury.when + Microseconds{1}, true};
      }});
}

TEST_F(AccidentalDeleteSabotage, SegmentMissingAndNoTarget) {
  must_be_killed(Sabotage{.killed_by = {"recovery-ending", "stopped before the marker"},
      .before_restore = [](Source& source,
                            const Marker& marker) { remove_archived(source, marker.last_segment); },
      .target = [](const Marker&, const Injury&) { return Latest{}; }});
}

// A tool that waits for a segment of its own takes no set then: there it lies from the set on.
TEST_F(AccidentalDeleteSabotage, ArchiveCommandThatLies) {
  must_be_killed(Sabotage{.killed_by = {"archive-complete", "but it is not in the archive"},
      .change_subject =
          [](Subject& given) {
            if (given.backup.tool != "pgbackrest" && given.backup.tool != "barman") {
              given.postgres.settings["archive_command"] = "/bin/true";
            }
          },
      .before_marker =
          [](Source& source) {
            source.cluster().connect().exec("ALTER SYSTEM SET archive_command = '/bin/true'");
            source.cluster().reload();
          }});
}

TEST_F(AccidentalDeleteSabotage, BackupChangedAfterItWasTaken) {
  must_be_killed(Sabotage{.killed_by = {"backup-verified", "bytes where the list says"},
      .before_restore = [](Source& source, const Marker&) {
        demand_plain_sets(source);
        Instance& instance = source.cluster().instance();
        exec_or_throw(instance,
            {.argv = {"truncate", "--size=+1",
                 instance.path_of_volume(source.volumes().backups) + "/full-1/PG_VERSION"}});
      }});
}

TEST_F(AccidentalDeleteSabotage, RestorePointNameUsedTwice) {
  must_be_killed(Sabotage{.killed_by = {"recovery-ending", "the last record replayed is at"},
      .before_marker = [](Source& source) {
        demand_replay(source);
        Session session = source.cluster().connect();
        session.exec("SELECT pg_create_restore_point(" +
                     literal(source.restore_point("before-mistake")) + ")");
      }});
}

TEST_F(AccidentalDeleteSabotage, IncidentThatNeverHappened) {
  must_be_killed(Sabotage{.killed_by = {"incident-happened", "it did not change"},
      .incident = [](const Subject& given) {
        Incident none = delete_without_where(given.accidental_delete.delete_from);
        none.sql += " WHERE false";
        return none;
      }});
}

TEST_F(AccidentalDeleteSabotage, DroppedTableThatIsStillGone) {
  must_be_killed(happened_again(
      [](const Subject& given) { return dropped_table(given.accidental_delete.drop_table); }));
}

TEST_F(AccidentalDeleteSabotage, TruncatedTableThatIsStillEmpty) {
  must_be_killed(happened_again(
      [](const Subject& given) { return truncated_table(given.accidental_delete.truncate); }));
}

// What it did to the rows of today differs from what it does to those of the marker: only the
// comparison with the baseline can tell.
TEST_F(AccidentalDeleteSabotage, BadMigrationThatIsStillThere) {
  must_be_killed(happened_again(
      [](const Subject& given) {
        return bad_migration(
            given.accidental_delete.bad_migration, given.accidental_delete.bad_migration_table);
      },
      {"content", "differs"}));
}

TEST_F(AccidentalDeleteSabotage, DroppedSchemaThatIsStillGone) {
  must_be_killed(happened_again(
      [](const Subject& given) { return dropped_schema(given.accidental_delete.drop_schema); }));
}

TEST_F(AccidentalDeleteSabotage, TheHealthyTwinUnderLoadIsGreen) {
  must_be_green(Sabotage{.under_load = true});
}

TEST_F(AccidentalDeleteSabotage, ReplayPastAMarkerUnderLoad) {
  must_be_killed(Sabotage{.killed_by = {"exact-set", "was sent after the marker, yet is there"},
      .under_load = true,
      .target = [](const Marker&, const Injury&) { return Latest{}; }});
}

TEST_F(AccidentalDeleteSabotage, NewestCommitBeforeAMarkerUnderLoadIsMissing) {
  must_be_killed(Sabotage{.killed_by = {"exact-set", "before the marker and is missing"},
      .under_load = true,
      .restored = sql([](Session& session) {
        session.exec(
            "DELETE FROM pgrehearse.commits WHERE xid = (SELECT max(xid::text::bigint) "
            "FROM pgrehearse.commits)::text::xid8");
      })});
}

// What the clients were told is the one witness that nobody asks Postgres for.
TEST_F(AccidentalDeleteSabotage, LedgerThatLostHalfOfItsCommits) {
  must_be_killed(Sabotage{
      .killed_by = {"exact-set", "nobody made it"}, .ledger = [](std::vector<LedgerEntry>& kept) {
        std::erase_if(kept, [](const LedgerEntry& entry) { return entry.sequence % 2 == 0; });
      }});
}

}  // namespace
}  // namespace pgrehearse
