// Somebody opens the team's own runbook and types what it says.
//
// Claim: its marked blocks, run one after the other on an empty host without a way out, bring back
// every fact of the marker. Refusal: that every command exits 0 proves nothing. The drill is red
// when a row is missing, too many or changed, and not proven when no block is marked.
#include "harness/drill/questions_own_backup.hpp"
#include "harness/drill/questions_runbook.hpp"
#include "harness/gtest/scenario.hpp"
#include "harness/incident/accident.hpp"

namespace pgrehearse {
namespace {

class OwnRunbook : public Scenario {};

TEST_F(OwnRunbook, BringsBackEveryFactOfTheMarker) {
  if (!subject().runbook) {
    GTEST_SKIP() << lacking("runbook");
  }
  Drill drill = begin("own-runbook");

  auto source =
      drill.step("Start the database and load the baseline", [&] { return drill.start_source(); });
  auto backup =
      drill.step("Take a full backup and verify it", [&] { return source->take_full_backup(); });
  auto offered =
      drill.step("Let clients write, and give the runbook the backup that it restores", [&] {
        source->write(run().options.commits);
        return drill.offer_to_runbook(*source, backup);
      });
  auto marker =
      drill.step("Set the marker", [&] { return source->set_marker("before-mistake", backup); });
  const Incident mistake = delete_without_where(subject().accidental_delete.delete_from);
  auto injury = drill.step("INCIDENT: " + mistake.title, [&] {
    source->write(20);
    return drill.inject(*source, mistake);
  });
  drill.step("Clients go on writing until the alarm", [&] {
    source->attempt(40);
    drill.raise_alarm();
  });
  auto restored = drill.follow_runbook(*source, offered, marker);

  drill.expect(restored, stopped_where_its_runbook_said());
  drill.expect(restored, holds_exactly_the_commits_before(marker, *source));
  drill.expect(restored, has_every_fact_of(marker, subject().database));
  drill.expect(restored, shows_nothing_of(injury, marker, subject().database));
  drill.expect(restored, answers_the_subjects_checks(subject(), marker));
  drill.expect(restored, takes_writes(subject()));
  drill.expect(restored, is_sound());
  drill.expect(restored, left_the_archive_alone(*source, drill.archive_before_restore()));
  drill.expect(restored, has_a_clean_log());
  drill.expect_objectives_met(restored, *source, marker, injury);
}

}  // namespace
}  // namespace pgrehearse
