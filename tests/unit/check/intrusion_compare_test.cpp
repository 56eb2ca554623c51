#include "harness/check/intrusion_compare.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

using Rows = std::vector<IntrusionRow>;

const IntrusionBaseline baseline{.key = Secret{"key"},
    .databases = {"app", "template1"},
    .rows = {{"F04", "app", "f()", "1"}, {"F04", "template1", "t()", "1"},
        {"FS01", "", "notes", "1"}, {"R01", "", "postgres", "1"}, {"R06", "", "postgres", "v"},
        {"X06", "", "slot", "1"}}};

std::string found(
    IntrusionSight sight, const Rows& own = {}, RulePhase phase = RulePhase::before_rotation) {
  std::sort(sight.rows.begin(), sight.rows.end());
  std::string text;
  for (const IntrusionFinding& finding : compare(baseline, own, sight, phase)) {
    text +=
        fmt::format("{}/{}/{}/{}\n", finding.rule, finding.database, finding.object, finding.what);
  }
  return text;
}

IntrusionSight as_before() {
  return {{"app", "template1"}, baseline.rows};
}

TEST(IntrusionComparison, SaysNothingOfWhatWasThere) {
  EXPECT_EQ(found(as_before()), "");
}

TEST(IntrusionComparison, TellsNewFromOtherFromGone) {
  IntrusionSight sight = as_before();
  sight.rows[0].digest = "2";
  sight.rows.erase(sight.rows.begin() + 3);
  sight.rows.push_back({"R01", "", "intruder", "1"});
  EXPECT_EQ(found(sight),
      "F04/app/f()/function, other than in the baseline\n"
      "R01//intruder/superuser, not in the baseline\n"
      "R01//postgres/superuser, gone since the baseline\n");
}

TEST(IntrusionComparison, DoesNotMissWhatIsNotMeantToLast) {
  IntrusionSight sight = as_before();
  std::erase_if(
      sight.rows, [](const IntrusionRow& row) { return row.rule == "X06" || row.rule == "FS01"; });
  EXPECT_EQ(found(sight), "");
}

TEST(IntrusionComparison, ExpectsInADatabaseOfItsOwnWhatTheTemplateHas) {
  IntrusionSight sight = as_before();
  sight.databases.emplace_back("template0");
  EXPECT_EQ(found(sight), "");
  sight.rows.push_back({"F04", "template0", "t()", "1"});
  EXPECT_EQ(found(sight), "");
  sight.rows.push_back({"F04", "template0", "evil()", "1"});
  EXPECT_EQ(found(sight), "F04/template0/evil()/function, not in the baseline\n");
}

TEST(IntrusionComparison, TakesADroppedDatabaseForOneFindingNotForThousands) {
  IntrusionSight sight = as_before();
  sight.databases = {"template1"};
  std::erase_if(sight.rows, [](const IntrusionRow& row) { return row.database == "app"; });
  EXPECT_EQ(found(sight), "");  // O03 tells of it
}

TEST(IntrusionComparison, KnowsItsOwn) {
  IntrusionSight sight = as_before();
  sight.rows.push_back({"S02", "", "restore_command", "mine"});
  EXPECT_EQ(found(sight, {{"S02", "", "restore_command", "mine"}}), "");
  EXPECT_EQ(found(sight, {{"S02", "", "restore_command", "another"}}),
      "S02//restore_command/setting that runs a program or loads a library, other than in the "
      "baseline\n");
}

TEST(IntrusionComparison, TurnsAboutForVerifiersOnceTheyAreRotated) {
  constexpr auto after = RulePhase::after_rotation;
  EXPECT_EQ(found(as_before(), {}, after),
      "R06//postgres/verifier from before the rotation, as in the baseline\n");
  IntrusionSight sight = as_before();
  sight.rows[4].digest = "w";
  EXPECT_EQ(found(sight, {}, after), "");
  EXPECT_EQ(found(sight), "R06//postgres/verifier of a role, other than in the baseline\n");
}

}  // namespace
}  // namespace pgrehearse
