#include "harness/report/scope.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/report/kill_table.hpp"
#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Scope, SaysWhatWasNotAskedFor) {
  const std::vector<std::string> sentences = scope_of(sample_record());
  ASSERT_EQ(sentences.size(), 3U);
  EXPECT_TRUE(holds(sentences[0], "accidental-delete (1 of 1)")) << sentences[0];
  EXPECT_TRUE(holds(sentences[1], "SecurityBreach.ATaintedBackupIsPassedOver")) << sentences[1];
  EXPECT_TRUE(holds(sentences[2], "2 of 2 sabotages killed")) << sentences[2];
}

TEST(Scope, NamesSurvivorsAndWhatIsUnknown) {
  RunRecord record = sample_record();
  record.proof->survived = {"A.B"};
  record.proof->unknown = {"C.D"};
  EXPECT_TRUE(holds(trial_sentence(record), "2 of 4 sabotages killed"));
  EXPECT_TRUE(holds(trial_sentence(record), "survived: A.B; unknown: C.D"));
}

TEST(Scope, SaysThatTheDrillItselfWasNotOnTrial) {
  EXPECT_TRUE(holds(trial_sentence(empty_record()), "not on trial yet"));
  EXPECT_TRUE(holds(scope_of(empty_record()).front(), "Proven: nothing."));
}

TEST(KillTable, HasARowForEveryCheckAndSaysWhichNobodyTried) {
  RunRecord record;
  DrillRecord killed;
  killed.suite = "CorruptionSabotage";
  killed.test = "BackupWithoutItsLabel";
  killed.on_trial = "backup-verified";
  killed.status = "finished";
  killed.verdict = Verdict::met;
  killed.findings = {{.check = "sabotage", .verdict = Verdict::met}};
  DrillRecord survived = killed;
  survived.test = "Other";
  survived.verdict = Verdict::missed;
  survived.findings.front().verdict = Verdict::missed;
  DrillRecord twin = killed;
  twin.on_trial.clear();
  twin.findings = {{.check = "healthy-twin",
      .verdict = Verdict::met,
      .details = {"backup-verified", "content"}}};
  record.drills = {killed, survived, twin};
  const std::string page = render_kill_table(record);
  EXPECT_TRUE(holds(page, "`backup-verified`")) << page;
  EXPECT_TRUE(holds(page, "Other **survived**")) << page;
  EXPECT_TRUE(holds(page, "`content` | **untried**")) << page;
}

TEST(KillTable, IsNotMadeOfAnOrdinaryRun) {
  EXPECT_THROW(static_cast<void>(render_kill_table(sample_record())), Error);
}

}  // namespace
}  // namespace pgrehearse
