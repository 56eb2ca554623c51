#include "harness/report/kill_score.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

DrillRecord tried(const std::string& check, Verdict verdict) {
  DrillRecord drill;
  drill.suite = "CorruptionSabotage";
  drill.status = "finished";
  drill.verdict = verdict;
  drill.findings = {{.check = check, .verdict = verdict}};
  return drill;
}

DrillRecord not_applicable() {
  DrillRecord drill;
  drill.status = "not applicable";
  return drill;
}

TEST(Fate, OfASabotageIsWhatTheDrillNoticed) {
  EXPECT_EQ(fate_of(tried("sabotage", Verdict::met)), Fate::killed);
  EXPECT_EQ(fate_of(tried("sabotage", Verdict::missed)), Fate::survived);
  EXPECT_EQ(fate_of(tried("sabotage", Verdict::unknown)), Fate::unknown);
  EXPECT_EQ(fate_of(tried("healthy-twin", Verdict::met)), Fate::twin_green);
  EXPECT_EQ(fate_of(tried("healthy-twin", Verdict::missed)), Fate::twin_red);
  EXPECT_EQ(fate_of(not_applicable()), Fate::not_applicable);
}

TEST(Fate, OfATwinThatIsTriedTwiceIsTheWorse) {
  DrillRecord twice = tried("healthy-twin", Verdict::met);
  twice.findings.push_back(twice.findings.front());
  EXPECT_EQ(fate_of(twice), Fate::twin_green);
  twice.findings.back().verdict = Verdict::missed;
  EXPECT_EQ(fate_of(twice), Fate::twin_red);
  twice.findings.back().check = "exact-set";
  EXPECT_EQ(fate_of(twice), Fate::unknown);
}

TEST(Fate, IsUnknownOfWhatNeverFinishedOrIsNoTrial) {
  EXPECT_EQ(fate_of(DrillRecord{}), Fate::unknown);
  EXPECT_EQ(fate_of(tried("exact-set", Verdict::met)), Fate::unknown);
  DrillRecord crashed = tried("sabotage", Verdict::met);
  crashed.status = "crashed";
  EXPECT_EQ(fate_of(crashed), Fate::unknown);
}

TEST(KillScore, EndsOnTheLineThatCounts) {
  RunRecord record;
  record.drills = {tried("sabotage", Verdict::met), tried("sabotage", Verdict::met),
      tried("sabotage", Verdict::missed), tried("healthy-twin", Verdict::met), not_applicable()};
  EXPECT_EQ(text_of(kill_score_of(record)),
      "healthy twins: 1 green, 0 red\nkill score: 2/3\n2 killed, 1 survived, 1 not applicable\n");
}

TEST(KillScore, CountsWhatIsUnknownAgainstItself) {
  RunRecord record;
  record.drills = {tried("sabotage", Verdict::met), DrillRecord{}};
  EXPECT_EQ(text_of(kill_score_of(record)),
      "1 unknown: not injected, or not finished\nkill score: 1/2\n"
      "1 killed, 0 survived, 0 not applicable\n");
}

}  // namespace
}  // namespace pgrehearse
