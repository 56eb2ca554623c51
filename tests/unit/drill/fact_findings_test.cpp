// When comparing facts proves nothing: no facts at all, and tables whose changes nobody can tell.
#include "harness/drill/fact_findings.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

constexpr const char* payments = "app: table public.payments";

Facts rows_of(const char* count) {
  return {{.kind = FactKind::rows, .name = payments, .value = count}};
}

Marker with_untold(const char* table) {
  Marker marker;
  marker.movement.untold.emplace_back(table);
  return marker;
}

Finding compared(Facts expected, Facts observed, FactKind kind, const Marker& marker = {}) {
  return comparison_of(
      {.expected = std::move(expected), .observed = std::move(observed)}, kind, marker);
}

bool tells(const Finding& finding, const std::string& what) {
  return std::any_of(finding.details.begin(), finding.details.end(),
      [&](const std::string& line) { return line.find(what) != std::string::npos; });
}

TEST(FactFinding, IsMetWhereTheFactsAreTheSameAndMissedWhereOneDiffers) {
  EXPECT_EQ(compared(rows_of("7"), rows_of("7"), FactKind::rows).verdict, Verdict::met);
  const Finding differs = compared(rows_of("7"), rows_of("8"), FactKind::rows);
  EXPECT_EQ(differs.verdict, Verdict::missed);
  EXPECT_TRUE(tells(differs, payments));
}

TEST(FactFinding, IsUnknownWhereNothingWasCompared) {
  for (const FactKind kind :
      {FactKind::rows, FactKind::content, FactKind::schema, FactKind::roles, FactKind::server}) {
    EXPECT_EQ(compared({}, {}, kind).verdict, Verdict::unknown) << name_of(kind);
  }
  // Facts of another kind are no evidence.
  EXPECT_EQ(compared(rows_of("7"), rows_of("7"), FactKind::schema).verdict, Verdict::unknown);
}

TEST(FactFinding, IsMetWhereADatabaseMayHaveNone) {
  EXPECT_EQ(compared({}, {}, FactKind::sequences).verdict, Verdict::met);
  EXPECT_EQ(compared({}, {}, FactKind::extensions).verdict, Verdict::met);
}

TEST(FactFinding, IsUnknownWhereATableDiffersWhoseChangesTheWalDoesNotTell) {
  const Finding untold =
      compared(rows_of("7"), rows_of("8"), FactKind::rows, with_untold(payments));
  EXPECT_EQ(untold.verdict, Verdict::unknown);
  EXPECT_TRUE(tells(untold, "cannot be reconciled"));
  // It moved, and is as it was: nothing is in doubt.
  EXPECT_EQ(compared(rows_of("7"), rows_of("7"), FactKind::rows, with_untold(payments)).verdict,
      Verdict::met);
}

TEST(FactFinding, IsMissedWhateverIsUntoldWhereAnotherTableDiffersOrThatOneIsGone) {
  EXPECT_EQ(compared(rows_of("7"), rows_of("8"), FactKind::rows, with_untold("app: table public.x"))
                .verdict,
      Verdict::missed);
  EXPECT_EQ(
      compared(rows_of("7"), {}, FactKind::rows, with_untold(payments)).verdict, Verdict::missed);
}

TEST(FactFinding, IsMissedWhereADefinitionDiffersOfATableWhoseRowsAreUntold) {
  const Facts expected{{.kind = FactKind::schema, .name = payments, .value = "one"}};
  const Facts observed{{.kind = FactKind::schema, .name = payments, .value = "another"}};
  EXPECT_EQ(compared(expected, observed, FactKind::schema, with_untold(payments)).verdict,
      Verdict::missed);
}

}  // namespace
}  // namespace pgrehearse
