// A script that cleans up old rows was started without its WHERE.
//
// Claim: from the last backup and the archived WAL the database comes back as it was a moment before.
// Refusal: a count that looks right again proves nothing; every fact must be the one of the marker.
#include "harness/gtest/scenario.hpp"
#include "harness/incident/accident.hpp"

namespace pgrehearse {
namespace {

class CleanupScript : public Scenario {};

TEST_F(CleanupScript, EverythingIsAsItWasBeforeIt) {
  Drill drill = begin("cleanup-script");

  auto source =
      drill.step("Start the database and load the baseline", [&] { return drill.start_source(); });
  auto backup =
      drill.step("Take a full backup and verify it", [&] { return source->take_full_backup(); });
  auto marker = drill.step("Let clients write, then set the marker", [&] {
    source->write(run().options.commits);
    return source->set_marker("before-script", backup);
  });
  auto injury = drill.step("INCIDENT: the script runs without its WHERE", [&] {
    return drill.inject(
        *source, delete_without_where(subject().accidental_delete.delete_from));
  });
  drill.raise_alarm();
  auto restored = drill.step("Restore a fresh copy and stop at the marker",
      [&] { return drill.restore(*source, backup, to(marker)); });

  drill.expect(restored, stopped_at(marker));
  drill.expect(restored, holds_exactly_the_commits_before(marker, *source));
  drill.expect(restored, has_every_fact_of(marker, subject().database));
  drill.expect(restored, answers_the_subjects_checks(subject(), marker));
  drill.expect(restored, is_serving(*source));
}

}  // namespace
}  // namespace pgrehearse
