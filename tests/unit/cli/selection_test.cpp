#include "harness/cli/selection.hpp"

#include <array>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

using Names = std::vector<std::string>;

const std::array suites{SuiteEntry{.suite = "DeleteSabotage",
                            .scenario = "delete",
                            .sabotage = true,
                            .cases = {"SequenceBehind", "TheHealthyTwinOfDumpsIsGreen",
                                "TheHealthyTwinIsGreen", "WarningUnread"}},
    SuiteEntry{.suite = "OutageSabotage",
        .scenario = "outage",
        .sabotage = true,
        .cases = {"TheHealthyTwinThatWaitsIsGreen", "TheHealthyTwinThatRunsIsGreen", "Stale",
            "SequenceBehind"}}};
const std::array traps{
    KnownTrap{.id = "T01",
        .what = "nobody reads",
        .shown_by = "DeleteSabotage.WarningUnread Contract.IsRed OutageSabotage.Stale"},
    KnownTrap{.id = "T79", .what = "a link", .shown_by = "Contract.IsRed"},
    KnownTrap{.id = "C2.3", .what = "a flip", .shown_by = "DeleteSabotage.WarningUnread"},
    KnownTrap{.id = "C5.6",
        .what = "a clock",
        .shown_by = "Contract.IsRed",
        .why_not = "nobody can stop it"}};

std::string complaint(const std::string& only) {
  try {
    static_cast<void>(cases_named(only, suites, traps));
  } catch (const Error& error) {
    return error.message() + " / " + error.hint();
  }
  return "none";
}

TEST(SelectedCases, AreTheSabotagesOfATrapWithTheTwinsOfTheirSuites) {
  EXPECT_EQ(cases_named("T01", suites, traps),
      (Names{"DeleteSabotage.TheHealthyTwinIsGreen", "DeleteSabotage.WarningUnread",
          "OutageSabotage.TheHealthyTwinThatWaitsIsGreen", "OutageSabotage.Stale"}));
}

TEST(SelectedCases, AreThoseOfANameInEverySuiteOrInOne) {
  EXPECT_EQ(cases_named("SequenceBehind", suites, traps),
      (Names{"DeleteSabotage.SequenceBehind", "DeleteSabotage.TheHealthyTwinIsGreen",
          "OutageSabotage.TheHealthyTwinThatWaitsIsGreen", "OutageSabotage.SequenceBehind"}));
  EXPECT_EQ(cases_named("OutageSabotage.SequenceBehind, WarningUnread", suites, traps),
      (Names{"DeleteSabotage.TheHealthyTwinIsGreen", "DeleteSabotage.WarningUnread",
          "OutageSabotage.TheHealthyTwinThatWaitsIsGreen", "OutageSabotage.SequenceBehind"}));
}

TEST(SelectedCases, AreThoseOfANegativeControl) {
  EXPECT_EQ(cases_named("C2.3", suites, traps),
      (Names{"DeleteSabotage.TheHealthyTwinIsGreen", "DeleteSabotage.WarningUnread"}));
}

TEST(SelectedCases, OfATwinAreItAlone) {
  EXPECT_EQ(cases_named("TheHealthyTwinThatRunsIsGreen", suites, traps),
      Names{"OutageSabotage.TheHealthyTwinThatRunsIsGreen"});
}

TEST(SelectedCases, OfAMistypedNameAreRefusedWithTheNearest) {
  EXPECT_EQ(complaint("SequenceBehin")
                .find("'SequenceBehin' is neither a trap nor a sabotage / "
                      "Did you mean 'SequenceBehind'?"),
      0U);
  EXPECT_NE(complaint("T1").find("Did you mean 'T01'?"), std::string::npos);
  EXPECT_EQ(complaint("T01,").find("'' is neither"), 0U);
}

TEST(SelectedCases, OfATrapThatOnlyOtherTestsShowAreRefusedWithThose) {
  EXPECT_EQ(
      complaint("T79"), "no sabotage here shows T79: a link / What shows it: Contract.IsRed.");
  EXPECT_EQ(complaint("C5.6"),
      "no sabotage here shows C5.6: a clock / Why: nobody can stop it. What shows it: "
      "Contract.IsRed.");
}

}  // namespace
}  // namespace pgrehearse
