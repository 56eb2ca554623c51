#include "harness/check/fact.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

const Facts baseline{{FactKind::rows, "app: table public.a", "3"},
    {FactKind::content, "app: table public.a", "17/4"},
    {FactKind::sequences, "app: sequence public.s", "1001 +"},
    {FactKind::sequences, "app: sequence public.down", "-7 -"}};

Facts with_value(std::size_t place, const std::string& value) {
  Facts facts = baseline;
  facts.at(place).value = value;
  return facts;
}

TEST(FactComparison, SeesNoDifferenceBetweenASetAndItself) {
  for (const FactKind kind : every_fact_kind) {
    EXPECT_TRUE(compare(baseline, baseline, kind).empty()) << name_of(kind);
  }
}

TEST(FactComparison, SeesWhatIsMissing) {
  const FactDiff diff = compare(baseline, {}, FactKind::rows);
  EXPECT_EQ(diff.missing, std::vector<std::string>{"app: table public.a"});
}

TEST(FactComparison, SeesWhatIsExtra) {
  const FactDiff diff = compare({}, baseline, FactKind::content);
  EXPECT_EQ(diff.extra, std::vector<std::string>{"app: table public.a"});
}

TEST(FactComparison, SeesAnotherValue) {
  const FactDiff diff = compare(baseline, with_value(1, "17/5"), FactKind::content);
  EXPECT_EQ(diff.different, std::vector<std::string>{"app: table public.a"});
}

TEST(FactComparison, LetsASequenceBeAheadButNotBehind) {
  EXPECT_TRUE(compare(baseline, with_value(2, "1033 +"), FactKind::sequences).empty());
  EXPECT_FALSE(compare(baseline, with_value(2, "1000 +"), FactKind::sequences).empty());
}

TEST(FactComparison, KnowsThatADescendingSequenceIsAheadWhenLower) {
  EXPECT_TRUE(compare(baseline, with_value(3, "-40 -"), FactKind::sequences).empty());
  EXPECT_FALSE(compare(baseline, with_value(3, "-6 -"), FactKind::sequences).empty());
}

TEST(FactComparison, SeesASequenceThatTurnedAround) {
  EXPECT_FALSE(compare(baseline, with_value(2, "2000 -"), FactKind::sequences).empty());
}

TEST(FactComparison, SeesASequenceBehindItsColumnThoughItIsAheadOfWhatWasRead) {
  EXPECT_FALSE(
      compare(baseline, with_value(2, "1002 + behind its column"), FactKind::sequences).empty());
  EXPECT_FALSE(
      compare(baseline, with_value(3, "-8 - behind its column"), FactKind::sequences).empty());
}

TEST(FactComparison, LetsASequenceStayBehindItsColumn) {
  const Facts behind = with_value(2, "1001 + behind its column");
  EXPECT_TRUE(compare(behind, behind, FactKind::sequences).empty());
  EXPECT_TRUE(
      compare(behind, with_value(2, "1033 + behind its column"), FactKind::sequences).empty());
  EXPECT_TRUE(compare(behind, with_value(2, "1033 +"), FactKind::sequences).empty());
  EXPECT_FALSE(
      compare(behind, with_value(2, "1000 + behind its column"), FactKind::sequences).empty());
}

TEST(FactComparison, CountsNothingWhenThereIsNothing) {
  EXPECT_EQ(compare({}, {}, FactKind::rows).compared, 0U);
}

}  // namespace
}  // namespace pgrehearse
