// A lost file, of a table or pg_control: what looks like its return and is none.
#include "tests/sabotage/corruption_trial.hpp"

namespace pgrehearse {
namespace {

Damage not_done(Damage damage) {
  damage.blow = Blow::none;
  return damage;
}

TEST_F(CorruptionSabotage, TableFileThatIsNotLost) {
  must_be_killed(BrokenRecovery{
      .killed_by = {"damage-detected", "nobody"}, .damage = not_done(missing_relation_file())});
}

TEST_F(CorruptionSabotage, MissingFileOfTheRestoredServer) {
  must_be_killed(BrokenRecovery{.killed_by = {"soundness", "its file is missing"},
      .damage = missing_relation_file(),
      .restored = struck_again(missing_relation_file())});
}

// What a server that does not start is sometimes given so that it does.
TEST_F(CorruptionSabotage, EmptyFileInThePlaceOfTheLostOne) {
  must_be_killed(BrokenRecovery{.killed_by = {"rows", "differs"},
      .damage = missing_relation_file(),
      .restored = [](Restored& restored, Source& source) {
        Victim victim;
        {
          Session session = restored.cluster.connect(source.subject().database);
          victim = victim_of(session, missing_relation_file());
        }
        restored.cluster.stop();
        put_file(restored.cluster.instance(), restored.cluster.data_path() + "/" + victim.file, "");
        restored.cluster.start();
      }});
}

TEST_F(CorruptionSabotage, BackupThatLacksTheLostFile) {
  must_be_killed(BrokenRecovery{.killed_by = {"backup-verified", ": missing"},
      .damage = missing_relation_file(),
      .restore = [](Drill& drill, Source& source, const BackupSet& set, const Marker& marker) {
        Instance& instance = source.cluster().instance();
        exec_or_throw(
            instance, {.argv = {"rm", largest_file_of(instance, inside(source, set, "base"))}});
        return drill.restore(source, set, to(marker));
      }});
}

TEST_F(CorruptionSabotage, TheHealthyTwinWithoutAControlFileIsGreen) {
  must_be_green(BrokenRecovery{.damage = lost_control_file(), .detected_by = Watch::start});
}

TEST_F(CorruptionSabotage, ControlFileThatIsNotLost) {
  must_be_killed(BrokenRecovery{.killed_by = {"damage-detected", "nobody"},
      .damage = not_done(lost_control_file()),
      .detected_by = Watch::start});
}

TEST_F(CorruptionSabotage, BackupWithoutItsControlFile) {
  must_be_killed(BrokenRecovery{.killed_by = {"backup-verified", "pg_control"},
      .damage = lost_control_file(),
      .detected_by = Watch::start,
      .restore = [](Drill& drill, Source& source, const BackupSet& set, const Marker& marker) {
        exec_or_throw(source.cluster().instance(),
            {.argv = {"rm", inside(source, set, "global/pg_control")}});
        return drill.restore(source, set, to(marker));
      }});
}

// pg_resetwal guesses what it cannot know: the server starts, and is another one.
TEST_F(CorruptionSabotage, ControlFileMadeUpByPgResetwal) {
  must_be_killed(BrokenRecovery{.killed_by = {"server", "system identifier"},
      .damage = lost_control_file(),
      .detected_by = Watch::start,
      .restored = [](Restored& restored, Source&) {
        Instance& instance = restored.cluster.instance();
        const std::string data = restored.cluster.data_path();
        restored.cluster.stop();
        exec_or_throw(instance, {.argv = {"rm", data + "/global/pg_control"}});
        exec_or_throw(instance, {.argv = {"touch", data + "/global/pg_control"}});
        // The first transaction of the first file that pg_xact does not have, as the manual says.
        exec_or_throw(instance, {.argv = {"pg_resetwal", "--force", "--next-transaction-id=1048576",
                                     "--pgdata", data}});
        restored.cluster.start();
      }});
}

TEST_F(CorruptionSabotage, ServerThatStartsFromTheBackupAlone) {
  must_be_killed(BrokenRecovery{
      .killed_by = {"exact-set", "was acknowledged before the marker and is missing"},
      .damage = lost_control_file(),
      .detected_by = Watch::start,
      .restore = [](Drill& drill, Source& source, const BackupSet& set, const Marker&) {
        return drill.restore(source, set, Immediate{});
      }});
}

}  // namespace
}  // namespace pgrehearse
