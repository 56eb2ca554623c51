// What can be wrong with a restored data directory before its server starts, and with the archive
// that it recovers from: signal files, labels, targets, settings that came back with the backup.
#include <chrono>

#include <fmt/format.h>

#include "tests/sabotage/accidental_delete_trial.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds soon_enough = Seconds{4};

std::function<RecoveryTarget(const Marker&, const Injury&)> latest() {
  return [](const Marker&, const Injury&) { return Latest{}; };
}

std::string setting_of(const Restored& restored, const std::string& name) {
  for (const auto& [key, value] : restored.settings) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

// A set of pg_basebackup carries WAL, so that its server starts without what is missing here. Those
// of other tools carry none: Postgres refuses, and gives its own reason.
Red silent_with_wal(const std::string& cause) {
  return Red{"recovery-ending", cause}.or_because("could not locate");
}

TEST_F(AccidentalDeleteSabotage, RecoverySignalForgotten) {
  must_be_killed(Sabotage{
      .killed_by = silent_with_wal("recovery skipped"), .unpacked = without("recovery.signal")});
}

// Where the backup is consistent is then not known, and the server takes its word for it.
TEST_F(AccidentalDeleteSabotage, BackupLabelRemovedAfterTheRestore) {
  must_be_killed(
      Sabotage{.killed_by = silent_with_wal("backup_label"), .unpacked = without("backup_label")});
}

TEST_F(AccidentalDeleteSabotage, TargetBeforeTheBackup) {
  must_be_killed(Sabotage{.killed_by = {"recovery-ending", "before the marker"},
      .before_restore =
          [](Source& source, const Marker&) {
            if (source.tool().properties().name == "barman") {
              throw NotApplicable{"barman refuses a target from before the end of its set"};
            }
          },
      .target =
          [](const Marker&, const Injury&) {
            return AtTime{Timestamp::parse("2001-01-01T00:00:00Z"), true};
          }});
}

TEST_F(AccidentalDeleteSabotage, HistoryThatGivesAnotherReason) {
  must_be_killed(Sabotage{.killed_by = {"recovery-ending", "does not say 'at restore point"},
      .restored = [](Restored& restored, Source& source) {
        demand_replay(source);
        change_the_reason_in_its_history(restored);
      }});
}

TEST_F(AccidentalDeleteSabotage, TargetThatNobodyHasWrittenYet) {
  must_be_killed(Sabotage{.killed_by = {"recovery-ending", "target not reached"},
      .target = [](const Marker& marker, const Injury&) {
        return AtTime{marker.position.time + std::chrono::hours{1}, true};
      }});
}

// now() is when a transaction begins: a target taken from it leaves out what it was to keep. By the
// newest transaction and not by a time: nobody knows how long before the marker it committed.
TEST_F(AccidentalDeleteSabotage, BeginOfATransactionTakenForItsCommit) {
  must_be_killed(Sabotage{.killed_by = {"exact-set", "before the marker and is missing"},
      .target = [](const Marker& marker, const Injury&) {
        return just_before(marker.commits.back());
      }});
}

// A time without an offset is read in the zone of the restored server.
TEST_F(AccidentalDeleteSabotage, TargetTimeWithoutAnOffset) {
  must_be_killed(
      Sabotage{.killed_by = {"recovery-ending", "it did not stop at the marker's restore point"},
          .unpacked = [](Restored& restored, const Marker& marker) {
            settings(
                fmt::format("recovery_target_name = ''\nrecovery_target_time = '{}'\n"
                            "timezone = 'Asia/Tokyo'",
                    marker.position.time.text().substr(0, 19)))(restored, marker);
          }});
}

TEST_F(AccidentalDeleteSabotage, AccidentItselfTakenForTheTarget) {
  must_be_killed(Sabotage{.killed_by = {"incident-undone", "the damage is there"},
      .target = [](const Marker&, const Injury& injury) {
        return AtXid{injury.xid, true};
      }});
}

TEST_F(AccidentalDeleteSabotage, ServerThatPausesAtItsTarget) {
  must_be_killed(Sabotage{.killed_by = {"recovery-ending", "recovery to end"},
      .patience = soon_enough,
      .unpacked = settings("recovery_target_action = 'pause'")});
}

TEST_F(AccidentalDeleteSabotage, ServerThatShutsDownAtItsTarget) {
  must_be_killed(Sabotage{.killed_by = {"recovery-ending", "shut down at the target"},
      .unpacked = settings("recovery_target_action = 'pause'\nhot_standby = off")});
}

TEST_F(AccidentalDeleteSabotage, FewerConnectionsThanTheSourceAllowed) {
  must_be_killed(Sabotage{.killed_by = {"recovery-ending", "insufficient parameter settings"},
      .unpacked = settings("max_connections = 20")});
}

TEST_F(AccidentalDeleteSabotage, LibraryPreloadedThatIsNotInstalled) {
  must_be_killed(Sabotage{.killed_by = {"recovery-ending", "could not access a file or library"},
      .unpacked = settings("shared_preload_libraries = 'not_installed_here'")});
}

TEST_F(AccidentalDeleteSabotage, TargetOfAnEarlierRecoveryLeftInTheBackup) {
  must_be_killed(Sabotage{.killed_by = {"recovery-ending", "multiple recovery targets"},
      .before_backup = [](Source& source) {
        demand_plain_sets(source, "takes old targets out of what it restores");
        source.cluster().connect().exec(
            "ALTER SYSTEM SET recovery_target_time = '2031-01-01 00:00:00+00'");
      }});
}

TEST_F(AccidentalDeleteSabotage, RulesOfAccessThatTheBackupDoesNotHold) {
  must_be_killed(Sabotage{.killed_by = {"recovery-ending", "could not load pg_hba.conf"},
      .unpacked = without("pg_hba.conf")});
}

// It follows the primary whose name came back with the backup, and never ends.
TEST_F(AccidentalDeleteSabotage, StandbySignalLeftInTheDataDirectory) {
  must_be_killed(Sabotage{.killed_by = {"recovery-ending", "still going"},
      .patience = soon_enough,
      .target = latest(),
      .unpacked = [](Restored& restored, const Marker&) {
        put_file(restored.cluster.instance(), restored.cluster.data_path() + "/standby.signal", "");
      }});
}

// A status from 1 to 125 means "no such segment" to Postgres: it takes that for the end.
TEST_F(AccidentalDeleteSabotage, RestoreCommandThatFailsOnce) {
  must_be_killed(Sabotage{.killed_by = {"recovery-ending", "was never served"},
      .target = latest(),
      .unpacked = [](Restored& restored, const Marker& marker) {
        if (setting_of(restored, "restore_command").empty()) {
          throw NotApplicable{"the backup tool writes restore_command itself"};
        }
        settings(fmt::format("restore_command = 'test \"%f\" != {} && {}'", marker.last_segment,
            setting_of(restored, "restore_command")))(restored, marker);
      }});
}

TEST_F(AccidentalDeleteSabotage, ArchivedSegmentCutInHalf) {
  must_be_killed(Sabotage{.killed_by = {"recovery-ending", "restore_command error"},
      .before_restore = [](Source& source, const Marker& marker) {
        Instance& instance = source.cluster().instance();
        const std::string path = in_the_archive(source, marker.last_segment);
        exec_or_throw(instance, {.argv = {"truncate", "--size=8M", path}});
      }});
}

// An earlier drill was promoted and archived into the same place; "latest" follows it.
TEST_F(AccidentalDeleteSabotage, BranchOfAnEarlierDrillFollowed) {
  must_be_killed(Sabotage{.killed_by = {"recovery-ending", "00000002.history could not be served"},
      .before_restore =
          [](Source& source, const Marker& marker) {
            put_file(source.cluster().instance(), in_the_archive(source, "00000002.history"),
                fmt::format("1\t{}\tan earlier drill\n", marker.record_start.text()));
          },
      .unpacked = settings("recovery_target_timeline = 'latest'")});
}

// archive_mode came back with the backup, and the name of the source's archive with it.
TEST_F(AccidentalDeleteSabotage, RestoredServerThatArchivesBesideItsSource) {
  must_be_killed(Sabotage{.killed_by = {"source-archive", "00000002"},
      .before_backup =
          [](Source& source) {
            demand_plain_sets(source, "turns archiving off in what it restores");
            Session session = source.cluster().connect();
            session.exec("ALTER SYSTEM SET archive_mode = 'on'");
            session.exec("ALTER SYSTEM SET archive_command = " +
                         literal(session.value("SHOW archive_command")));
          },
      .restored =
          [](Restored& restored, Source& source) {
            // Where the engine lets nobody write there, nothing is archived: then it is done by
            // hand.
            if (run().engine.properties().enforces_read_only) {
              put_file(source.cluster().instance(), archived(source, "00000002.history"), "1\n");
              return;
            }
            Session session = restored.cluster.connect();
            session.exec("SELECT pg_switch_wal()");
          }});
}

}  // namespace
}  // namespace pgrehearse
