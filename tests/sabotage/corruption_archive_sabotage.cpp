// A damaged archived segment, and the new backup that takes the place of the old chain.
#include "tests/sabotage/corruption_trial.hpp"

namespace pgrehearse {
namespace {

TEST_F(CorruptionSabotage, TheHealthyTwinOfADamagedArchiveIsGreen) {
  must_be_green(BrokenReplacement{});
}

TEST_F(CorruptionSabotage, ArchivedSegmentThatIsNotDamaged) {
  must_be_killed(BrokenReplacement{.killed_by = {"gap-named", "recovery ended by 'target reached'"},
      .damage = [](Drill&, Source&, const Marker& marker) {
        return Injury{.name = "nothing",
            .probe = {},
            .when = Timestamp::now(),
            .at = SteadyTime::now(),
            .victim = marker.last_segment};
      }});
}

// It was archived before the backup began, and nothing that is recovered needs it.
TEST_F(CorruptionSabotage, SegmentDamagedThatNobodyNeeds) {
  must_be_killed(BrokenReplacement{.killed_by = {"gap-named", "recovery ended by 'target reached'"},
      .damage = [](Drill& drill, Source& source, const Marker&) {
        const auto files = source.archive().listing(source.cluster().instance());
        return drill.damage_archive(source, files.begin()->first);
      }});
}

TEST_F(CorruptionSabotage, ArchiveReadForTheFirstTimeAfterTheDamage) {
  must_be_killed(BrokenReplacement{
      .killed_by = {"damage-detected", "nobody"}, .noted_after_the_damage = true});
}

TEST_F(CorruptionSabotage, OldChainUsedOnceMore) {
  must_be_killed(BrokenReplacement{
      .killed_by = Red{"recovery-ending", "could not be served"}.or_because("target not reached"),
      .restore = [](Drill& drill, Source& source, const BackupSet& old, const BackupSet&,
                     const Marker& newer) { return drill.restore(source, old, to(newer)); }});
}

TEST_F(CorruptionSabotage, NewBackupDamagedAsWell) {
  must_be_killed(BrokenReplacement{
      .killed_by = of_a_damaged_set(), .fresh_taken = [](Source& source, const BackupSet& fresh) {
        Drill::damage_backup(source, fresh);
      }});
}

}  // namespace
}  // namespace pgrehearse
