#include "harness/pg/timeline_history.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

// As PostgreSQL 15 wrote it at the second promotion.
constexpr const char* twice =
    "1\t0/306F678\tat restore point \"marker/one\"\n"
    "\n"
    "2\t0/5000000\tno recovery target specified\n";

TEST(TimelineHistory, TellsWhereAndWhyEachTimelineWasLeft) {
  const std::vector<TimelineSwitch> history = timeline_history_of(twice);
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[0].left, TimelineId{1});
  EXPECT_EQ(history[0].at, Lsn::parse("0/306F678"));
  EXPECT_EQ(history[0].reason, "at restore point \"marker/one\"");
  EXPECT_EQ(history[1].left, TimelineId{2});
  EXPECT_EQ(history[1].reason, "no recovery target specified");
}

TEST(TimelineHistory, HoldsNothingButRemarks) {
  EXPECT_TRUE(timeline_history_of("").empty());
  EXPECT_TRUE(timeline_history_of("# a remark\n\n").empty());
}

TEST(TimelineHistory, IsNotReadWhereALineIsNone) {
  for (const char* text :
      {"1 0/306F678 no tabs\n", "one\t0/306F678\tx\n", "1\tnowhere\tx\n", "1\n"}) {
    EXPECT_THROW(static_cast<void>(timeline_history_of(text)), Error) << text;
  }
}

TEST(TimelineHistory, HasTheNameOfItsTimeline) {
  EXPECT_EQ(history_file_name(TimelineId{10}), "0000000A.history");
}

}  // namespace
}  // namespace pgrehearse
