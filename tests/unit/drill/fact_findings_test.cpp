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

TEST(FactFinding, TellsASequenceBehindItsColumnFromOneThatWentBack) {
  const auto position = [](const std::string& value) {
    return Facts{{FactKind::sequences, "app: sequence public.s", value}};
  };
  const Finding overtaken =
      compared(position("7 +"), position("7 + behind its column"), FactKind::sequences);
  EXPECT_EQ(overtaken.verdict, Verdict::missed);
  EXPECT_TRUE(tells(overtaken, "app: sequence public.s is behind a column that it feeds"));
  const Finding went_back = compared(position("7 +"), position("6 +"), FactKind::sequences);
  EXPECT_TRUE(tells(went_back, "differs"));
  EXPECT_FALSE(tells(went_back, "is behind a column"));
}

TEST(FactFinding, TellsWhichFactsOfTheMarkerTheWalGave) {
  Marker marker;
  marker.movement.tables.push_back(
      {.fact = payments, .from = "public.payments", .added = 1, .digests = "0/0"});
  EXPECT_EQ(compared(rows_of("7"), rows_of("7"), FactKind::rows, marker).expected,
      "1 facts as at the marker, 1 of them followed there in the WAL");
  EXPECT_EQ(compared(rows_of("7"), rows_of("7"), FactKind::schema, marker).expected,
      "0 facts as at the marker");
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
