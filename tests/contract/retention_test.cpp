// A retention carried out on real backups: what is promised is restored, what has expired is gone.
// And expiries that are wrong in one way, each of which must be noticed at its check.
#include <algorithm>
#include <cstdlib>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/text.hpp"
#include "tests/contract/retention_calendar.hpp"

namespace pgrehearse {
namespace {

class RetentionOfThirteenMonths : public testing::Test {
 protected:
  static void SetUpTestSuite() { calendar_ = std::make_unique<RetentionCalendar>(); }
  static void TearDownTestSuite() { calendar_.reset(); }

  static RetentionCalendar& calendar() { return *calendar_; }

  /// Checks that are not met.
  static std::string red_checks(const Expired& expired) {
    std::vector<std::string> red;
    for (const Finding& finding : audit(calendar(), expired)) {
      if (finding.verdict != Verdict::met) {
        red.push_back(finding.check);
      }
    }
    return joined(red, ", ");
  }

  static void expect_restorable(const Expired& expired, const std::string& day) {
    const RestoredRows restored = calendar().restored_from(expired, day, Immediate{});
    EXPECT_EQ(restored.rows, calendar().on(day).rows_in_set) << day << ": " << restored.trouble;
  }

  static unsigned seed() {
    const char* given = std::getenv("PGREHEARSE_TEST_SEED");
    return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                            : std::random_device{}();
  }

 private:
  inline static std::unique_ptr<RetentionCalendar> calendar_;
};

TEST_F(RetentionOfThirteenMonths, KeepsAndRestoresWhatIsPromisedAndNothingElse) {
  const Expired expired = calendar().expire_copies(calendar().last_retention());
  for (const Finding& finding : audit(calendar(), expired)) {
    EXPECT_EQ(finding.verdict, Verdict::met)
        << finding.check << ": " << joined(finding.details, ", ");
  }
  const auto is_set = [](const Removal& removal) { return removal.kind == "set"; };
  EXPECT_TRUE(std::any_of(expired.log.begin(), expired.log.end(), is_set));
  EXPECT_FALSE(std::all_of(expired.log.begin(), expired.log.end(), is_set));
  EXPECT_TRUE(std::is_partitioned(expired.log.begin(), expired.log.end(), is_set))
      << "WAL went before a set that may have needed it";
  EXPECT_EQ(calendar().days().size(), 27U);

  expect_restorable(expired, promised_days().front());
  expect_restorable(expired, promised_days().back());
  const unsigned number = seed();
  SCOPED_TRACE(fmt::format("PGREHEARSE_TEST_SEED={}", number));
  std::vector<std::string> others(promised_days().begin() + 1, promised_days().end() - 1);
  std::shuffle(others.begin(), others.end(), std::mt19937{number});
  for (const std::string& day : {others[0], others[1]}) {
    expect_restorable(expired, day);
  }
}

TEST_F(RetentionOfThirteenMonths, RecoversToBothEndsOfTheWindow) {
  const Expired expired = calendar().expire_copies(calendar().last_retention());
  for (const char* day : {first_day_of_window, last_day}) {
    const RestoredRows restored = calendar().restored_from(
        expired, first_day_of_window, AtName{fmt::format("evening-{}", day)});
    EXPECT_EQ(restored.rows, calendar().on(day).rows_in_the_evening)
        << day << ": " << restored.trouble;
  }
}

TEST_F(RetentionOfThirteenMonths, NoticesThatAPromisedMonthIsLost) {
  Retention wrong = calendar().last_retention();
  std::erase_if(wrong.kept, [](const KeptSet& set) { return set.id == "2028-03-01"; });
  wrong.expired.emplace_back("2028-03-01");
  const Expired expired = calendar().expire_copies(wrong);
  EXPECT_EQ(red_checks(expired), "promised-kept");
  const RestoredRows restored = calendar().restored_from(expired, "2028-03-01", Immediate{});
  EXPECT_EQ(restored.rows, -1);
  EXPECT_NE(restored.trouble.find("backup set 2028-03-01 was not restored"), std::string::npos)
      << restored.trouble;
}

TEST_F(RetentionOfThirteenMonths, NoticesThatWalOfTheWindowIsLost) {
  Retention wrong = calendar().last_retention();
  wrong.wal_from = calendar().on(last_day).set.start;
  const Expired expired = calendar().expire_copies(wrong);
  EXPECT_EQ(red_checks(expired), "wal-kept");
  const RestoredRows restored = calendar().restored_from(
      expired, first_day_of_window, AtName{fmt::format("evening-{}", last_day)});
  EXPECT_EQ(restored.rows, -1);
  EXPECT_NE(restored.trouble.find("the server died"), std::string::npos) << restored.trouble;
}

TEST_F(RetentionOfThirteenMonths, NoticesThatAnExpiredSetIsKept) {
  Retention wrong = calendar().last_retention();
  ASSERT_FALSE(wrong.expired.empty());
  wrong.expired.pop_back();
  EXPECT_EQ(red_checks(calendar().expire_copies(wrong)), "expired-gone");
}

TEST_F(RetentionOfThirteenMonths, NoticesThatExpiredWalIsKept) {
  Retention wrong = calendar().last_retention();
  wrong.wal_from = Lsn{};
  EXPECT_EQ(red_checks(calendar().expire_copies(wrong)), "expired-gone");
}

TEST_F(RetentionOfThirteenMonths, NoticesThatARemovalWasNotLogged) {
  const Retention retention = calendar().last_retention();
  EXPECT_EQ(
      red_checks(calendar().expire_copies(retention, retention.expired.back())), "removals-logged");
}

}  // namespace
}  // namespace pgrehearse
