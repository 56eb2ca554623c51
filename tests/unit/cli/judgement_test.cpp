// The judge of the sabotages: a red elsewhere, or for another reason, is no kill.
#include "tests/sabotage/judgement.hpp"

#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

using Findings = std::vector<Finding>;

const Finding all_rows_there{.check = "rows", .observed = "0 missing", .verdict = Verdict::met};
const Finding archive_ended{.check = "recovery-ending",
    .observed = "log: it did not stop at the marker",
    .verdict = Verdict::missed,
    .details = {"log: it did not stop at the marker", "cause: end of archive"}};
const Finding rows_unasked{.check = "rows", .observed = "none", .verdict = Verdict::unknown};
const Finding log_unclean{
    .check = "server-log", .observed = "1 kinds of them", .verdict = Verdict::missed};

const Finding loss_too_large{.check = "rpo", .observed = "9.000 s", .verdict = Verdict::missed};

// A sabotage that names its check alone does not compile.
static_assert(!std::is_convertible_v<const char*, Red> && !std::is_convertible_v<std::string, Red>);

TEST(Judgement, IsAKillAtTheNamedCheckForTheNamedCause) {
  const Findings findings{all_rows_there, archive_ended};
  EXPECT_TRUE(is_red_at(findings, {"recovery-ending", "did not stop"}));
  EXPECT_TRUE(is_red_at(findings, {"recovery-ending", "end of archive"}));
}

TEST(Judgement, IsNoKillForAnotherCause) {
  EXPECT_FALSE(is_red_at({archive_ended}, {"recovery-ending", "the server died"}));
  // The cause must be named where the red is, not by another check.
  EXPECT_FALSE(is_red_at({archive_ended, log_unclean}, {"server-log", "end of archive"}));
}

TEST(Judgement, TakesACauseInTheWordsOfWhicheverTool) {
  const Red red{"recovery-ending", "the server died"};
  EXPECT_TRUE(is_red_at({archive_ended}, red.or_because("end of archive")));
  EXPECT_FALSE(is_red_at({archive_ended}, red.or_because("target reached")));
  EXPECT_FALSE(is_red_at({archive_ended}, red));
}

TEST(Judgement, IsNoKillWithoutACauseButWhereACheckHasOneWay) {
  EXPECT_FALSE(is_red_at({archive_ended}, {"recovery-ending", ""}));
  EXPECT_FALSE(is_red_at({archive_ended}, in_its_one_way("recovery-ending")));
  EXPECT_TRUE(is_red_at({loss_too_large}, in_its_one_way("rpo")));
  EXPECT_FALSE(is_red_at({archive_ended}, in_its_one_way("rpo")));
}

TEST(Judgement, KnowsFewChecksOfOneWayAndWhyTheyAreThat) {
  EXPECT_LE(one_way_checks.size(), 3U) << "name a cause: nearly every check can be red in two ways";
  for (const OneWayCheck& one : one_way_checks) {
    EXPECT_GE(one.why.size(), 20U) << one.check;
  }
}

TEST(Judgement, ShowsWhatIsSaidWhereItIsRed) {
  EXPECT_EQ(said_at({archive_ended, log_unclean}, "server-log"),
      (std::vector<std::string>{"1 kinds of them"}));
  EXPECT_EQ(said_at({archive_ended}, "recovery-ending").size(), 3U);
  EXPECT_TRUE(said_at({all_rows_there, rows_unasked}, "rows").empty());
}

TEST(Judgement, IsNoKillAtAnotherCheck) {
  EXPECT_FALSE(is_red_at({archive_ended, all_rows_there}, {"rows", "end of archive"}));
  EXPECT_FALSE(is_red_at({archive_ended}, {"rows", "end of archive"}));
  EXPECT_FALSE(is_red_at({}, {"rows", "end of archive"}));
}

TEST(Judgement, IsNoKillWhereTheCheckCouldNotBeAsked) {
  EXPECT_FALSE(is_red_at({rows_unasked}, {"rows", "none"}));
}

TEST(Judgement, OfACheckThatAlwaysSaysYesIsThatItSurvived) {
  const Findings stubbed = with_stub({archive_ended, log_unclean}, "recovery-ending");
  EXPECT_FALSE(is_red_at(stubbed, {"recovery-ending", "end of archive"}));
  EXPECT_TRUE(is_red_at(stubbed, {"server-log", "kinds of them"}));
  EXPECT_EQ(judged(is_red_at(stubbed, {"recovery-ending", "end of archive"}), ""), Verdict::missed);
}

TEST(Judgement, OfADrillThatEndedWithAnErrorIsUnknownUnlessItWasRedBefore) {
  EXPECT_EQ(judged(false, "no such table"), Verdict::unknown);
  EXPECT_EQ(judged(true, "no such table"), Verdict::met);
  EXPECT_EQ(judged(true, ""), Verdict::met);
}

TEST(Judgement, OfWhatIsRedFirstIsByTheOrderOfTheDrill) {
  const Findings findings{all_rows_there, archive_ended, log_unclean};
  EXPECT_EQ(missed_in(findings), (std::vector<std::string>{"recovery-ending", "server-log"}));
  const Red ending{"recovery-ending", "end of archive"};
  const Red log{"server-log", "kinds of them"};
  EXPECT_TRUE(is_red_first_at(findings, ending, log));
  EXPECT_FALSE(is_red_first_at(findings, log, ending));
  EXPECT_FALSE(is_red_first_at({archive_ended}, ending, log));
  EXPECT_FALSE(is_red_first_at({all_rows_there}, {"rows", "missing"}, {"rows", "missing"}));
  // Each for its own cause.
  EXPECT_FALSE(is_red_first_at(findings, {"recovery-ending", "the server died"}, log));
  EXPECT_FALSE(is_red_first_at(findings, ending, {"server-log", "end of archive"}));
}

TEST(Judgement, OfAHealthyTwinIsGreenOnlyWhereEveryAnswerIsYes) {
  EXPECT_TRUE(is_green({all_rows_there}));
  EXPECT_FALSE(is_green({}));
  EXPECT_FALSE(is_green({all_rows_there, rows_unasked}));
  EXPECT_FALSE(is_green({all_rows_there, log_unclean}));
}

TEST(Judgement, OfADeadServerIsThatNothingWasAnswered) {
  const Doubt rows{"rows", "none"};
  EXPECT_TRUE(is_unanswered({rows_unasked, log_unclean}, {rows}));
  EXPECT_FALSE(is_unanswered({rows_unasked, all_rows_there}, {rows}));
  EXPECT_FALSE(is_unanswered({rows_unasked, log_unclean}, {rows, {"server-log", "WARNING"}}));
  // A check that nobody asked is not one that could not be answered.
  EXPECT_FALSE(is_unanswered({rows_unasked}, {rows, {"serving", "no server"}}));
  EXPECT_FALSE(is_unanswered({rows_unasked}, {{"rows", "it is asleep"}})) << "for another reason";
}

}  // namespace
}  // namespace pgrehearse
