// Somebody asks for last night's backup: the team's own, taken by its own job, of a database that
// this drill never sees.
//
// Claim: the backup is there, it opens, all of it is restored into an empty instance without a way
// out, and it holds what its baseline says. Refusal: that it restores without an error proves
// nothing. Without a baseline nobody knows what is missing, and the drill is not proven.
#include <utility>

#include "harness/drill/questions_own_backup.hpp"
#include "harness/gtest/scenario.hpp"

namespace pgrehearse {
namespace {

class OwnBackup : public Scenario {};

TEST_F(OwnBackup, ComesBackWithAllThatItsBaselineSays) {
  if (!subject().artifact) {
    GTEST_SKIP() << lacking("artifact");
  }
  Drill drill = begin("own-backup");

  auto backup = drill.step(
      "Somebody needs the backup: find it and open it", [&] { return drill.find_own_backup(); });
  auto restored = drill.step("Restore it into an empty instance without a way out",
      [&] { return drill.restore(*backup); });

  drill.expect(restored, came_back_as_asked(drill.own_replica(), subject().artifact->target));
  drill.expect(restored, has_every_fact_of(*backup, subject()));
  const Subject asked = without_checks_of_a_baseline(subject());
  if (!asked.checks.empty()) {
    drill.expect(restored, answers_the_subjects_checks(asked, Marker{}));
  }
  drill.expect(restored, is_sound());
  drill.expect(restored, takes_writes(subject()));
  if (drill.own_replica() && !drill.own_replica()->last_segment.empty()) {
    drill.expect(restored, left_the_archive_alone(*drill.own_replica()));
  }
  drill.expect(restored, has_a_clean_log());
  drill.expect_own_objectives_met(restored, *backup);
}

}  // namespace
}  // namespace pgrehearse
