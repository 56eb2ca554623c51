// Verdict and exit status: green must be earned.
#include "harness/drill/record.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

Finding finding_of(const std::string& check, Verdict verdict) {
  Finding finding;
  finding.check = check;
  finding.verdict = verdict;
  return finding;
}

DrillRecord met_drill() {
  DrillRecord drill;
  drill.status = "finished";
  drill.verdict = Verdict::met;
  drill.steps.resize(1);
  drill.steps.front().outcome = "done";
  drill.findings.push_back(finding_of("content", Verdict::met));
  drill.finding_lines.push_back(12);
  return drill;
}

RunRecord run_of(std::vector<DrillRecord> drills) {
  return {.run_id = "r", .tool_version = {}, .begin = {}, .drills = std::move(drills)};
}

TEST(RecordVerdict, IsMetOnlyWhenEveryDrillIsMet) {
  EXPECT_EQ(verdict_of(run_of({met_drill(), met_drill()})), Verdict::met);
  EXPECT_EQ(exit_status_of(run_of({met_drill()})), 0);
}

TEST(RecordVerdict, IsNotProvenWhenNothingRan) {
  EXPECT_EQ(verdict_of(run_of({})), Verdict::unknown);
  EXPECT_EQ(exit_status_of(run_of({})), 2);
}

TEST(RecordVerdict, IsNotProvenForEveryStatusButFinished) {
  for (const char* status : {"not finished", "skipped", "interrupted", "crashed", "surprise"}) {
    DrillRecord drill = met_drill();
    drill.status = status;
    EXPECT_EQ(exit_status_of(run_of({met_drill(), drill})), 2) << status;
  }
}

TEST(RecordVerdict, IsNotChangedByASabotageThatIsNotApplicableNorMadeByItAlone) {
  DrillRecord elsewhere;
  elsewhere.status = "not applicable";
  EXPECT_EQ(exit_status_of(run_of({met_drill(), elsewhere})), 0);
  EXPECT_EQ(exit_status_of(run_of({elsewhere})), 2);
}

TEST(RecordVerdict, IsNotProvenWhenTheHarnessCouldNotDoItsWork) {
  DrillRecord with_error = met_drill();
  with_error.error = "timed-out: gave up";
  EXPECT_EQ(exit_status_of(run_of({with_error})), 2);

  DrillRecord with_failed_step = met_drill();
  with_failed_step.steps.front().outcome = "failed";
  EXPECT_EQ(exit_status_of(run_of({with_failed_step})), 2);
}

TEST(RecordVerdict, IsNotProvenWhenNothingWasAsked) {
  DrillRecord drill = met_drill();
  drill.findings.clear();
  EXPECT_EQ(exit_status_of(run_of({drill})), 2);
}

TEST(RecordVerdict, IsNotKinderThanAFindingOrAnObjective) {
  DrillRecord drill = met_drill();
  drill.findings.push_back(finding_of("sequences", Verdict::unknown));
  EXPECT_EQ(exit_status_of(run_of({drill})), 2);
  drill.objectives.resize(1);
  drill.objectives.front().verdict = Verdict::missed;
  EXPECT_EQ(verdict_of(drill), Verdict::missed);
  EXPECT_EQ(exit_status_of(run_of({drill})), 1);
}

TEST(RecordVerdict, AsksNothingOfAMeasurementWithoutABound) {
  DrillRecord drill = met_drill();
  drill.objectives.resize(1);
  EXPECT_EQ(verdict_of(drill), Verdict::met);
  drill.objectives.front().bound_seconds = 60;
  EXPECT_EQ(verdict_of(drill), Verdict::unknown);
  drill.objectives.front().bound_seconds.reset();
  drill.findings.clear();
  EXPECT_EQ(verdict_of(drill), Verdict::unknown);
}

TEST(RecordVerdict, IsMissedBeforeItIsUnknown) {
  DrillRecord missed = met_drill();
  missed.findings.front().verdict = Verdict::missed;
  DrillRecord skipped = met_drill();
  skipped.status = "skipped";
  EXPECT_EQ(exit_status_of(run_of({skipped, missed})), 1);
}

TEST(RecordVerdict, LeavesTheExitStatusToLeftoversAndThenToTheSignal) {
  RunRecord record = run_of({met_drill()});
  record.leftovers.emplace_back("container x");
  EXPECT_EQ(exit_status_of(record), 3);
  record.drills.front().verdict = Verdict::missed;
  EXPECT_EQ(exit_status_of(record), 3);
  record.interrupted = "SIGINT";
  EXPECT_EQ(exit_status_of(record), 130);
  record.interrupted = "SIGTERM";
  EXPECT_EQ(exit_status_of(record), 143);
  record.interrupted = "SIGHUP";
  EXPECT_EQ(exit_status_of(record), 129);
}

TEST(RecordVerdict, IsNeverGreenAfterASignalNobodyKnows) {
  RunRecord record = run_of({met_drill()});
  record.interrupted = "SIGUSR1";
  EXPECT_EQ(exit_status_of(record), 2);
}

}  // namespace
}  // namespace pgrehearse
