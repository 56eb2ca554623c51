// A version was released years ago, and somebody needs its backup: with the image, the extensions
// and the collations of today.
//
// Claim: each backup that was kept of a release is what was kept, comes back on today's image with
// every fact that it held, and today's migrations run on it. Refusal: that it restored in its own
// day proves nothing about the image of today. What the image itself brings in another version is
// named, and is no fault of the backup.
#include "harness/drill/questions.hpp"
#include "harness/drill/questions_own_backup.hpp"
#include "harness/gtest/scenario.hpp"

namespace pgrehearse {
namespace {

class GoldenBackups : public Scenario {};

TEST_F(GoldenBackups, EachComesBackOnTheImageOfTodayAndReachesItsSchema) {
  if (!subject().golden) {
    GTEST_SKIP() << lacking("golden");
  }
  Drill drill = begin("golden-backups");

  drill.each_golden_backup([&](const GoldenBackup& golden) {
    auto backup = drill.step(
        "Find the backup of " + golden.release, [&] { return drill.open_golden_backup(golden); });
    auto restored = drill.step("Restore it into an empty instance without a way out",
        [&] { return drill.restore(*backup); });
    drill.note_drift(restored, *backup);

    drill.expect(restored, came_back_as_asked(drill.own_replica(), Immediate{}));
    drill.expect(restored, has_every_fact_of(*backup, subject()));
    drill.expect(restored, is_sound());
    static_cast<void>(
        drill.step("Run today's migrations on it", [&] { return drill.change_schema(restored); }));
    drill.expect(restored, takes_writes(subject()));
  });
}

}  // namespace
}  // namespace pgrehearse
