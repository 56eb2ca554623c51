// More than one backup: which of them is used when the newest is damaged, or when damage is older
// than the newest.
#include "tests/sabotage/corruption_trial.hpp"

namespace pgrehearse {
namespace {

Damage none() {
  Damage none = flipped_heap_page();
  none.blow = Blow::none;
  return none;
}

TEST_F(CorruptionSabotage, TheHealthyTwinWithADamagedBackupIsGreen) {
  must_be_green(BrokenChoice{});
}

TEST_F(CorruptionSabotage, NewestBackupThatIsNotDamaged) {
  must_be_killed(BrokenChoice{.killed_by = {"backup-choice", "refused: ; restored from"},
      .damage_backups = [](Source&, const BackupSet&, const BackupSet&) {}});
}

TEST_F(CorruptionSabotage, OlderBackupDamagedInPlaceOfTheNewest) {
  must_be_killed(BrokenChoice{.killed_by = {"backup-choice", "refused: ; restored from"},
      .damage_backups = [](Source& source, const BackupSet& older, const BackupSet&) {
        Drill::damage_backup(source, older);
      }});
}

TEST_F(CorruptionSabotage, EveryBackupDamaged) {
  must_be_killed(BrokenChoice{.killed_by = {"backup-choice", "none is left"},
      .damage_backups = [](Source& source, const BackupSet& older, const BackupSet& newest) {
        Drill::damage_backup(source, older);
        Drill::damage_backup(source, newest);
      }});
}

// Retention counted from the newest backup, which cannot be used.
TEST_F(CorruptionSabotage, WalRemovedThatOnlyTheOlderBackupNeeds) {
  must_be_killed(BrokenChoice{.killed_by = {"recovery-ending", "target not reached"},
      .damage_backups = [](Source& source, const BackupSet& older, const BackupSet& newest) {
        Drill::damage_backup(source, newest);
        Instance& instance = source.cluster().instance();
        const std::string first_needed = wal_file_name(older.timeline, older.end);
        for (const auto& [name, sum] : source.archive().listing(instance)) {
          const bool segment = name.size() == first_needed.size();
          if (segment && name > first_needed &&
              name < wal_file_name(newest.timeline, newest.start)) {
            remove_archived(source, name);
          }
        }
      }});
}

TEST_F(CorruptionSabotage, TheHealthyTwinOfTheBisectionIsGreen) {
  must_be_green(BrokenBisection{});
}

TEST_F(CorruptionSabotage, NewerBackupsThatHoldNoDamage) {
  must_be_killed(BrokenBisection{
      .killed_by = {"backup-choice", "full-4 does not hold the damage"}, .damage = none()});
}

TEST_F(CorruptionSabotage, NoBackupWithoutTheDamage) {
  must_be_killed(BrokenBisection{.killed_by = {"backup-choice", "none"},
      .restore = [](Drill& drill, Source& source, const std::vector<BackupSet>& backups,
                     const Marker& marker, const Injury& injury) {
        return drill.restore_newest_clean(
            source, {backups[2], backups[3]}, marker, injury, backups[1].id);
      }});
}

// pg_verifybackup says that the set is what was written, and it is.
TEST_F(CorruptionSabotage, NewestBackupUsedBecauseItVerifies) {
  must_be_killed(BrokenBisection{.killed_by = {"content", "differs"},
      .restore = [](Drill& drill, Source& source, const std::vector<BackupSet>& backups,
                     const Marker&,
                     const Injury&) { return drill.restore(source, backups.back(), Latest{}); }});
}

TEST_F(CorruptionSabotage, BaselineTakenOfTheDamagedTable) {
  must_be_killed(BrokenBisection{.killed_by = {"damage-detected", "nobody"},
      .damage = none(),
      .before_marker = [](Drill& drill, Source& source) {
        static_cast<void>(drill.inject(source, flipped_heap_page()));
      }});
}

}  // namespace
}  // namespace pgrehearse
