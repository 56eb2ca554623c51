// Calendars that are easy to get wrong, each with what must be left of them.
#include "harness/backup/retention.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

using std::chrono::hours;

Timestamp at(const std::string& day, const std::string& time = "02:00:00") {
  return Timestamp::parse(day + " " + time + "+00");
}

// Named after its day; one a segment, in the order of time.
CataloguedSet set_of(const std::string& day, const std::string& time = "02:00:00") {
  CataloguedSet set{.id = time == "02:00:00" ? day : day + " " + time, .taken = at(day, time)};
  const auto hour = static_cast<std::uint64_t>(
      (set.taken - at("2027-01-01", "00:00:00")) / Microseconds{hours{1}});
  set.start = Lsn{(hour + 1) << 24U};
  set.end = Lsn{set.start.bytes() + 1000};
  return set;
}

std::vector<CataloguedSet> every_day(const std::string& first, int count) {
  std::vector<CataloguedSet> sets;
  for (int day = 0; day < count; ++day) {
    const std::string text = (at(first) + hours{24 * day}).text();
    sets.push_back(set_of(text.substr(0, 10)));
  }
  return sets;
}

std::vector<std::string> ids(const Retention& retention) {
  std::vector<std::string> all;
  for (const KeptSet& set : retention.kept) {
    all.push_back(set.id);
  }
  return all;
}

using Days = std::vector<std::string>;

TEST(Retention, KeepsTheNewestSetWhateverThePolicy) {
  const Retention left = keep({}, every_day("2028-01-01", 3), at("2030-01-01"));
  EXPECT_EQ(ids(left), Days{"2028-01-03"});
  EXPECT_EQ(left.kept[0].reasons, Days{"newest"});
  EXPECT_EQ(left.expired, (Days{"2028-01-01", "2028-01-02"}));
}

TEST(Retention, OfNothingIsNothing) {
  const Retention left = keep(week_month_year, {}, at("2028-01-01"));
  EXPECT_TRUE(left.kept.empty());
  EXPECT_TRUE(left.expired.empty());
  EXPECT_TRUE(left.needs("000000010000000000000001"));
}

TEST(Retention, CountsDaysThatHaveABackup) {
  const std::vector<CataloguedSet> sets{
      set_of("2028-01-01"), set_of("2028-01-02"), set_of("2028-01-05"), set_of("2028-01-09")};
  EXPECT_EQ(ids(keep({.daily = 3}, sets, at("2028-03-01"))),
      (Days{"2028-01-02", "2028-01-05", "2028-01-09"}));
}

TEST(Retention, KeepsTheNewestOfSeveralOnADay) {
  const std::vector<CataloguedSet> sets{set_of("2028-01-01", "01:00:00"),
      set_of("2028-01-01", "23:59:59"), set_of("2028-01-02", "00:00:00"),
      set_of("2028-01-02", "13:00:00")};
  const Retention left = keep({.daily = 2}, sets, at("2028-01-02", "14:00:00"));
  EXPECT_EQ(ids(left), (Days{"2028-01-01 23:59:59", "2028-01-02 13:00:00"}));
}

TEST(Retention, KeepsTheFirstOfAWeekWhichBeginsOnMonday) {
  // 2028-01-02 is a Sunday.
  const Retention left =
      keep({.weekly = 3}, every_day("2027-12-20", 14), at("2028-01-02", "12:00:00"));
  EXPECT_EQ(ids(left), (Days{"2027-12-20", "2027-12-27", "2028-01-02"}));
  EXPECT_EQ(left.kept[1].reasons, Days{"weekly 2027-12-27"});
}

TEST(Retention, KeepsTheFirstOfAMonthWhateverItsLength) {
  const std::vector<CataloguedSet> sets = every_day("2027-12-31", 63);  // to 2028-03-02
  const Retention left = keep({.monthly = 3}, sets, at("2028-03-02", "12:00:00"));
  EXPECT_EQ(ids(left), (Days{"2028-01-01", "2028-02-01", "2028-03-01", "2028-03-02"}));
}

TEST(Retention, TakesTheFirstThereIsWhereAMonthBeginsWithoutOne) {
  const std::vector<CataloguedSet> sets{
      set_of("2028-01-31"), set_of("2028-02-03"), set_of("2028-02-04"), set_of("2028-04-30")};
  EXPECT_EQ(ids(keep({.monthly = 3}, sets, at("2028-04-30", "12:00:00"))),
      (Days{"2028-01-31", "2028-02-03", "2028-04-30"}));
}

TEST(Retention, KnowsTheLeapDay) {
  const std::vector<CataloguedSet> sets = every_day("2028-02-27", 4);
  EXPECT_EQ(sets[2].id, "2028-02-29");
  EXPECT_EQ(ids(keep({.daily = 2}, sets, at("2028-03-01", "12:00:00"))),
      (Days{"2028-02-29", "2028-03-01"}));
}

TEST(Retention, HasDaysOf24HoursWhereClocksAreChanged) {
  // The nights in which clocks change in Europe and America: each day of UTC has one set.
  for (const char* day : {"2028-03-12", "2028-03-26", "2028-10-29", "2028-11-05"}) {
    const std::vector<CataloguedSet> sets{set_of(day, "00:30:00"), set_of(day, "01:30:00"),
        set_of(day, "02:30:00"), set_of(day, "23:30:00")};
    const Retention left = keep({.daily = 1}, sets, at("2028-12-01"));
    EXPECT_EQ(ids(left), Days{sets.back().id});
  }
}

TEST(Retention, GivesASetAllItsReasons) {
  const Retention left = keep(week_month_year, {set_of("2028-05-01")}, at("2028-05-02"));
  EXPECT_EQ(left.kept[0].reasons,
      (Days{"newest", "daily 2028-05-01", "weekly 2028-05-01", "monthly 2028-05-01"}));
}

TEST(Retention, OfAYearOfDaysIsThePromisedOne) {
  const Retention left =
      keep(week_month_year, every_day("2027-12-01", 397), at("2028-12-31", "12:00:00"));
  EXPECT_EQ(ids(left),
      (Days{"2028-01-01", "2028-02-01", "2028-03-01", "2028-04-01", "2028-05-01", "2028-06-01",
          "2028-07-01", "2028-08-01", "2028-09-01", "2028-10-01", "2028-11-01", "2028-12-01",
          "2028-12-04", "2028-12-11", "2028-12-18", "2028-12-25", "2028-12-26", "2028-12-27",
          "2028-12-28", "2028-12-29", "2028-12-30", "2028-12-31"}));
  EXPECT_EQ(left.kept.size() + left.expired.size(), 397U);
}

// Day after day, as it is really used: nothing that will be promised later has expired before.
TEST(Retention, AppliedEveryDayEndsWithTheSameSets) {
  const std::vector<CataloguedSet> all = every_day("2027-12-01", 397);
  for (const RetentionPolicy& policy :
      {weekly_for_half_a_year, month_quarter_year, week_month_year}) {
    std::vector<CataloguedSet> there;
    for (const CataloguedSet& set : all) {
      there.push_back(set);
      const Retention left = keep(policy, there, set.taken + hours{10});
      std::erase_if(there, [&](const CataloguedSet& old) { return !left.keeps(old.id); });
    }
    const Retention at_once = keep(policy, all, all.back().taken + hours{10});
    EXPECT_EQ(ids(keep(policy, there, all.back().taken + hours{10})), ids(at_once));
  }
}

TEST(Retention, KeepsParentsAndTheirParents) {
  std::vector<CataloguedSet> sets = every_day("2028-01-01", 6);
  sets[1].parent = sets[0].id;  // full, diff, incr of the diff; full, incr, incr
  sets[2].parent = sets[1].id;
  sets[4].parent = sets[3].id;
  sets[5].parent = sets[4].id;
  const Retention left = keep({.daily = 1}, sets, at("2028-01-06", "12:00:00"));
  EXPECT_EQ(ids(left), (Days{"2028-01-04", "2028-01-05", "2028-01-06"}));
  EXPECT_EQ(left.kept[0].reasons, Days{"parent of 2028-01-05"});
  EXPECT_EQ(left.expired, (Days{"2028-01-01", "2028-01-02", "2028-01-03"}));
  sets.resize(3);
  EXPECT_EQ(ids(keep({.daily = 1}, sets, at("2028-01-06"))),
      (Days{"2028-01-01", "2028-01-02", "2028-01-03"}));
}

TEST(Retention, PromisesNothingOfASetWithoutItsParent) {
  std::vector<CataloguedSet> sets = every_day("2028-01-01", 4);
  sets[2].parent = "gone";
  sets[3].parent = sets[2].id;
  const Retention left = keep({.daily = 1}, sets, at("2028-01-05"));
  EXPECT_EQ(ids(left), Days{"2028-01-02"});
  EXPECT_EQ(left.broken, (Days{"2028-01-03", "2028-01-04"}));
  EXPECT_EQ(left.expired, Days{"2028-01-01"});
}

TEST(Retention, IsNotCaughtInACircleOfParents) {
  std::vector<CataloguedSet> sets = every_day("2028-01-01", 3);
  sets[0].parent = sets[1].id;
  sets[1].parent = sets[0].id;
  const Retention left = keep({}, sets, at("2028-01-05"));
  EXPECT_EQ(ids(left), Days{"2028-01-03"});
  EXPECT_EQ(left.broken.size(), 2U);
}

TEST(Retention, KeepsWhatWasTakenInTheFuture) {
  const std::vector<CataloguedSet> sets = every_day("2028-01-01", 3);
  const Retention left = keep({}, sets, at("2028-01-02", "12:00:00"));
  EXPECT_EQ(ids(left), (Days{"2028-01-02", "2028-01-03"}));
  EXPECT_EQ(left.kept[1].reasons, Days{"from the future"});
}

TEST(Retention, BeginsAWindowWithTheNewestSetThatWasCompleteThen) {
  const std::vector<CataloguedSet> sets = every_day("2028-01-01", 10);
  const Retention left = keep({.pitr_days = 3}, sets, at("2028-01-10", "12:00:00"));
  EXPECT_EQ(ids(left), (Days{"2028-01-07", "2028-01-08", "2028-01-09", "2028-01-10"}));
  EXPECT_EQ(left.kept[0].reasons, Days{"start of 3 days"});
  EXPECT_EQ(left.kept[1].reasons, Days{"within 3 days"});
  EXPECT_EQ(left.wal_from, sets[6].start);
  // To the microsecond: a set that was complete a little later cannot begin the window.
  EXPECT_EQ(keep({.pitr_days = 3}, sets, at("2028-01-10")).wal_from, sets[6].start);
  EXPECT_EQ(
      keep({.pitr_days = 3}, sets, at("2028-01-10") + Microseconds{-1}).wal_from, sets[5].start);
}

TEST(Retention, KeepsAllWalOfAnArchiveThatIsYoungerThanItsWindow) {
  const std::vector<CataloguedSet> sets = every_day("2028-01-01", 3);
  EXPECT_EQ(keep({.pitr_days = 30}, sets, at("2028-01-03")).wal_from, sets[0].start);
}

TEST(Retention, KeepsTheWalOfItsWindowAndOfEachSet) {
  std::vector<CataloguedSet> sets{set_of("2028-01-01"), set_of("2028-01-05"), set_of("2028-01-09")};
  sets[0].start = Lsn::parse("0/2000028");
  sets[0].end = Lsn::parse("0/3000028");
  sets[1].start = Lsn::parse("0/7000028");
  sets[1].end = Lsn::parse("0/7000100");
  sets[2].start = Lsn::parse("0/9000028");
  sets[2].end = Lsn::parse("0/9000100");
  const Retention left = keep({.pitr_days = 4, .monthly = 1}, sets, at("2028-01-09", "12:00:00"));
  const std::map<std::string, bool> needed{{"000000010000000000000001", false},
      {"000000010000000000000002", true}, {"000000010000000000000003", true},
      {"000000010000000000000004", false}, {"000000010000000000000006", false},
      {"000000010000000000000007", true}, {"00000001000000000000000A", true},
      {"0000000100000001000000FF", true}, {"000000020000000000000006", false},
      {"000000020000000000000008", true}, {"000000010000000000000002.00000028.backup", true},
      {"000000010000000000000004.00000028.backup", false}, {"00000002.history", true},
      {"000000010000000000000004.partial", true}, {"somebody's file", true}};
  for (const auto& [name, wanted] : needed) {
    EXPECT_EQ(left.needs(name), wanted) << name;
  }
}

TEST(Retention, NeedsTheSegmentInWhichItsWalBegins) {
  Retention window;
  window.wal_from = Lsn::parse("0/7000028");
  EXPECT_FALSE(window.needs("000000010000000000000006"));
  EXPECT_TRUE(window.needs("000000010000000000000007"));
  window.wal_from = Lsn::parse("0/7000000");
  EXPECT_FALSE(window.needs("000000010000000000000006"));
  EXPECT_TRUE(window.needs("000000010000000000000007"));
}

TEST(Retention, KeepsNoWalOfASetThatExpiredBeforeTheWindow) {
  std::vector<CataloguedSet> sets = every_day("2028-01-01", 10);
  const Retention left = keep({.daily = 1}, sets, at("2028-01-10", "12:00:00"));
  EXPECT_EQ(left.wal_from, sets.back().start);
  EXPECT_FALSE(left.needs(wal_file_name(TimelineId{1}, sets[8].end)));
  EXPECT_TRUE(left.needs(wal_file_name(TimelineId{1}, sets[9].end)));
}

}  // namespace
}  // namespace pgrehearse
