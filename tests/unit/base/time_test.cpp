#include "harness/base/time.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

TEST(TimestampText, ReadsWhatItWrites) {
  const Timestamp when{Microseconds{1'800'000'000'123'456}};
  EXPECT_EQ(Timestamp::parse(when.text()), when);
  EXPECT_EQ(when.text(), "2027-01-15T08:00:00.123456Z");
}

TEST(TimestampText, ReadsEveryOffsetThatPostgresWrites) {
  const Timestamp noon = Timestamp::parse("2026-11-21 12:00:00Z");
  EXPECT_EQ(Timestamp::parse("2026-11-21 12:00:00+00"), noon);
  EXPECT_EQ(Timestamp::parse("2026-11-21 17:30:00+05:30"), noon);
  EXPECT_EQ(Timestamp::parse("2026-11-21T07:00:00.000000-05"), noon);
}

TEST(TimestampText, RefusesATextWithoutAnOffset) {
  EXPECT_THROW((void)Timestamp::parse("2026-11-21 12:00:00"), Error);
  EXPECT_THROW((void)Timestamp::parse("2026-11-21 12:00:00 EST"), Error);
  EXPECT_THROW((void)Timestamp::parse("2026-13-21 12:00:00Z"), Error);
  EXPECT_THROW((void)Timestamp::parse(""), Error);
}

TEST(TimestampText, KeepsMicrosecondsApart) {
  EXPECT_LT(Timestamp::parse("2026-11-21 12:00:00.000001Z"),
      Timestamp::parse("2026-11-21 12:00:00.000002Z"));
  EXPECT_EQ(Timestamp::parse("2026-11-21 12:00:00.5Z").since_epoch().count() % 1'000'000, 500'000);
}

TEST(Duration, NeedsAUnit) {
  EXPECT_EQ(parse_duration("90s"), Seconds{90});
  EXPECT_EQ(parse_duration("15min"), std::chrono::minutes{15});
  EXPECT_EQ(parse_duration("250ms"), Milliseconds{250});
  EXPECT_EQ(parse_duration("1d"), std::chrono::hours{24});
  for (const char* wrong : {"90", "", "s", "-5s", "1.5h", "5 min", "9223372036854775807d"}) {
    EXPECT_THROW((void)parse_duration(wrong), Error) << wrong;
  }
}

TEST(Duration, IsWrittenInTheLargestWholeUnit) {
  EXPECT_EQ(text_of(Seconds{90}), "90s");
  EXPECT_EQ(text_of(Seconds{7200}), "2h");
  EXPECT_EQ(text_of(Milliseconds{0}), "0s");
}

}  // namespace
}  // namespace pgrehearse
