// What can go wrong on the way to a restored server: the marker, the archive, the backup, the
// target.
#include <fmt/format.h>

#include "tests/sabotage/accidental_delete_trial.hpp"

namespace pgrehearse {
namespace {

// The healthy twin: the same drill with nothing broken must be green, else a red below proves
// nothing.
TEST_F(AccidentalDeleteSabotage, TheHealthyTwinIsGreen) {
  must_be_green(Sabotage{});
}

TEST_F(AccidentalDeleteSabotage, MarkerSetAfterTheDelete) {
  must_be_killed(Sabotage{.killed_by = "incident-undone", .marker_after_incident = true});
}

TEST_F(AccidentalDeleteSabotage, TargetAMicrosecondTooLate) {
  must_be_killed(
      Sabotage{.killed_by = "exact-set", .target = [](const Marker&, const Injury& injury) {
                 return AtTime{injury.when + Microseconds{1}, true};
               }});
}

TEST_F(AccidentalDeleteSabotage, SegmentMissingAndNoTarget) {
  must_be_killed(Sabotage{.killed_by = "recovery-ending",
      .before_restore =
          [](Source& source, const Marker& marker) {
            Instance& instance = source.cluster().instance();
            exec_or_throw(
                instance, {.argv = {"rm", instance.path_of_volume(source.archive().volume()) + "/" +
                                              marker.last_segment}});
          },
      .target = [](const Marker&, const Injury&) { return Latest{}; }});
}

TEST_F(AccidentalDeleteSabotage, ArchiveCommandThatLies) {
  must_be_killed(Sabotage{.killed_by = "archive-complete", .change_subject = [](Subject& given) {
                            given.postgres.settings["archive_command"] = "/bin/true";
                          }});
}

TEST_F(AccidentalDeleteSabotage, BackupChangedAfterItWasTaken) {
  must_be_killed(Sabotage{
      .killed_by = "backup-verified", .before_restore = [](Source& source, const Marker&) {
        Instance& instance = source.cluster().instance();
        exec_or_throw(instance,
            {.argv = {"truncate", "--size=+1",
                 instance.path_of_volume(source.volumes().backups) + "/full-1/PG_VERSION"}});
      }});
}

TEST_F(AccidentalDeleteSabotage, RestorePointNameUsedTwice) {
  must_be_killed(Sabotage{.killed_by = "recovery-ending", .before_marker = [](Source& source) {
                            Session session = source.cluster().connect();
                            session.exec("SELECT pg_create_restore_point(" +
                                         literal(source.restore_point("before-mistake")) + ")");
                          }});
}

TEST_F(AccidentalDeleteSabotage, IncidentThatNeverHappened) {
  must_be_killed(Sabotage{.killed_by = "incident-happened", .incident = [](const Subject& given) {
                            Incident none =
                                delete_without_where(given.accidental_delete.delete_from);
                            none.sql += " WHERE false";
                            return none;
                          }});
}

}  // namespace
}  // namespace pgrehearse
