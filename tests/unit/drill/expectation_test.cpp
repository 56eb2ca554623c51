#include "harness/drill/expectation.hpp"

#include <string>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

using Answer = std::optional<std::string>;

Verdict asked(const char* expect, const Answer& observed, const Answer& baseline = std::nullopt) {
  return parse_expectation(expect).holds(observed, baseline);
}

TEST(Expectation, ReadsTruth) {
  EXPECT_EQ(asked("true", "t"), Verdict::met);
  EXPECT_EQ(asked("true", "true"), Verdict::met);
  EXPECT_EQ(asked("true", "f"), Verdict::missed);
  EXPECT_EQ(asked("false", "f"), Verdict::met);
  EXPECT_EQ(asked("false", "t"), Verdict::missed);
  EXPECT_EQ(asked("true", "1"), Verdict::unknown);
  EXPECT_EQ(asked("true", ""), Verdict::unknown);
}

TEST(Expectation, ComparesNumbersAsNumbers) {
  EXPECT_EQ(asked("= 3", "3.00"), Verdict::met);
  EXPECT_EQ(asked("= 3", "4"), Verdict::missed);
  EXPECT_EQ(asked(">= 10", "9"), Verdict::missed);
  EXPECT_EQ(asked(">= 10", "10"), Verdict::met);
  EXPECT_EQ(asked("> 0", "0"), Verdict::missed);
  EXPECT_EQ(asked("> 0", "0.0000000001"), Verdict::met);
  EXPECT_EQ(asked("< 5", "4.999"), Verdict::met);
  EXPECT_EQ(asked("< 5", "5"), Verdict::missed);
  EXPECT_EQ(asked("<= 5", "5.0"), Verdict::met);
  EXPECT_EQ(asked("!= 0", "-0"), Verdict::missed);
  EXPECT_EQ(asked("!= 0", "7"), Verdict::met);
  EXPECT_EQ(asked("> -5", "-4"), Verdict::met);
  EXPECT_EQ(
      asked(">99999999999999999999999999999998", "99999999999999999999999999999999"), Verdict::met);
  EXPECT_EQ(asked("= 1e3", "1000"), Verdict::met);
}

TEST(Expectation, DoesNotTakeAWordForANumber) {
  EXPECT_EQ(asked("> 0", "many"), Verdict::unknown);
  EXPECT_EQ(asked("!= 0", "many"), Verdict::unknown);
  EXPECT_EQ(asked("= 0", "many"), Verdict::missed);
  EXPECT_EQ(asked("> 0", "NaN"), Verdict::unknown);
}

TEST(Expectation, ComparesWithTheBaseline) {
  EXPECT_EQ(asked("= baseline", "12", "12"), Verdict::met);
  EXPECT_EQ(asked("= baseline", "12", "13"), Verdict::missed);
  EXPECT_EQ(asked(">= baseline", "9", "10"), Verdict::missed);
  EXPECT_EQ(asked(">= baseline", "10", "9"), Verdict::met);
  EXPECT_EQ(asked("<= baseline", "10", "9"), Verdict::missed);
  EXPECT_EQ(asked("= baseline", "paid", "paid"), Verdict::met);
  EXPECT_EQ(asked("= baseline", "paid", "open"), Verdict::missed);
  EXPECT_EQ(asked(">= baseline", "paid", "open"), Verdict::unknown);
}

TEST(Expectation, ComparesInstants) {
  EXPECT_EQ(
      asked(">= baseline", "2026-11-21 03:00:00.5+00", "2026-11-21 03:00:00+00"), Verdict::met);
  EXPECT_EQ(
      asked("<= baseline", "2026-11-21 03:00:00.5+00", "2026-11-21 03:00:00+00"), Verdict::missed);
  EXPECT_EQ(
      asked(">= baseline", "2026-11-21 04:00:00+02", "2026-11-21 03:00:00+00"), Verdict::missed);
  EXPECT_EQ(asked(">= baseline", "2026-11-22", "2026-11-21"), Verdict::met);
  EXPECT_EQ(asked("> '2026-01-01'", "2025-12-31"), Verdict::missed);
  EXPECT_EQ(
      asked(">= baseline", "2026-11-21 03:00:00", "2026-11-21 03:00:00+00"), Verdict::unknown);
}

TEST(Expectation, IsUnknownWithoutAValueOrABaseline) {
  EXPECT_EQ(asked("= baseline", "1"), Verdict::unknown);
  EXPECT_EQ(asked(">= baseline", "1"), Verdict::unknown);
  for (const char* expect : {"true", "= 3", "!= 3", "'x'", "= baseline"}) {
    EXPECT_EQ(asked(expect, std::nullopt, "1"), Verdict::unknown) << expect;
  }
}

TEST(Expectation, ComparesTextsExactly) {
  EXPECT_EQ(asked("'paid'", "paid"), Verdict::met);
  EXPECT_EQ(asked("'paid'", "Paid"), Verdict::missed);
  EXPECT_EQ(asked("'it''s'", "it's"), Verdict::met);
  EXPECT_EQ(asked("!= 'x'", "y"), Verdict::met);
  EXPECT_EQ(asked("!= 'x'", "x"), Verdict::missed);
  EXPECT_EQ(asked("'007'", "7"), Verdict::missed);
}

TEST(Expectation, RefusesWhatItDoesNotKnow) {
  for (const char* text : {"", "3", "yes", "TRUE", "=", "= ", "== 3", "= three", "> 'a'", "'open",
           "'a'b'", "= 3 rows", "=> 3", "~ 3", "= base line", "= 1e", "= ."}) {
    try {
      static_cast<void>(parse_expectation(text));
      ADD_FAILURE() << "accepted: " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_value);
      EXPECT_FALSE(error.hint().empty());
    }
  }
}

}  // namespace
}  // namespace pgrehearse
