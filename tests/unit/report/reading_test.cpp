#include "harness/report/reading.hpp"

#include <gtest/gtest.h>

#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

DrillRecord good() {
  return sample_record().drills[0];
}

TEST(Reading, IsTheMeasuredValueOfADrillProvenGood) {
  const Reading reading = reading_of(good(), "rto");
  EXPECT_EQ(reading.kind, ReadingKind::measured);
  EXPECT_EQ(reading.seconds, 9.0);
  EXPECT_EQ(reading.bound_seconds, 7200.0);
}

TEST(Reading, StaysANumberWhenOnlyTheBoundIsMissed) {
  DrillRecord drill = good();
  drill.objectives[1].verdict = Verdict::missed;
  EXPECT_EQ(reading_of(drill, "rto").kind, ReadingKind::measured);
}

TEST(Reading, StaysANumberWhenTheObjectiveIsFiledAsAMissedFindingToo) {
  DrillRecord drill = good();
  drill.objectives[1].verdict = Verdict::missed;
  Finding late = drill.findings[0];
  late.check = "rto";
  late.verdict = Verdict::missed;
  drill.findings.push_back(late);
  EXPECT_EQ(reading_of(drill, "rto").kind, ReadingKind::measured);
  ASSERT_EQ(untold_objectives(drill).size(), 1U);
  EXPECT_EQ(untold_objectives(drill).front().name, "rpo");
  drill.findings.assign(1, late);
  EXPECT_EQ(reading_of(drill, "rto").kind, ReadingKind::not_achieved);
}

TEST(Reading, TellsAnObjectiveWhoseFindingIsKinder) {
  DrillRecord drill = good();
  drill.objectives[0].verdict = Verdict::missed;
  Finding kinder = drill.findings[0];
  kinder.check = "rpo";
  drill.findings.push_back(kinder);
  ASSERT_EQ(untold_objectives(drill).size(), 2U);
}

TEST(Reading, IsNotAchievedUnlessEveryFindingIsMet) {
  for (const Verdict verdict : {Verdict::unknown, Verdict::missed}) {
    DrillRecord drill = good();
    drill.findings[2].verdict = verdict;
    EXPECT_EQ(reading_of(drill, "rto").kind, ReadingKind::not_achieved);
    EXPECT_EQ(reading_of(drill, "rpo").kind, ReadingKind::measured);
  }
  DrillRecord unasked = good();
  unasked.findings.clear();
  EXPECT_EQ(reading_of(unasked, "rto").kind, ReadingKind::not_achieved);
  DrillRecord crashed = good();
  crashed.status = "crashed";
  EXPECT_EQ(reading_of(crashed, "rto").kind, ReadingKind::not_achieved);
}

TEST(Reading, IsNotMeasuredWithoutValueUnitOrSource) {
  DrillRecord drill = good();
  Measure& realized = drill.objectives[0].realized;
  const Measure whole = realized;
  realized.value.reset();
  EXPECT_EQ(reading_of(drill, "rpo").kind, ReadingKind::not_measured);
  realized = whole;
  realized.source.clear();
  EXPECT_EQ(reading_of(drill, "rpo").kind, ReadingKind::not_measured);
  realized = whole;
  realized.unit = "commits";
  EXPECT_EQ(reading_of(drill, "rpo").kind, ReadingKind::not_measured);
  drill.objectives.clear();
  EXPECT_EQ(reading_of(drill, "rpo").kind, ReadingKind::not_measured);
}

TEST(Reading, NamesADoubtForEveryDrillThatIsUnknown) {
  for (const RunRecord& record : {sample_record(), hostile_record()}) {
    for (const DrillRecord& drill : record.drills) {
      if (verdict_of(drill) == Verdict::unknown) {
        EXPECT_FALSE(doubt_of(drill).empty()) << drill.test;
      }
    }
  }
  DrillRecord blank = good();
  blank.error = "\n\n  ";
  EXPECT_EQ(doubt_of(blank), "no reason was given");
}

TEST(Reading, WritesNumbersShort) {
  EXPECT_EQ(number_text(0), "0");
  EXPECT_EQ(number_text(12.5), "12.5");
  EXPECT_EQ(number_text(900), "900");
  EXPECT_EQ(number_text(-0.0001), "0");
}

}  // namespace
}  // namespace pgrehearse
