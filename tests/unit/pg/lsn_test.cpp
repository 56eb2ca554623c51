#include "harness/pg/lsn.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

constexpr std::uint64_t mebibyte = 1024ULL * 1024;

TEST(LsnText, IsReadAndPrintedAsPostgresDoes) {
  EXPECT_EQ(Lsn::parse("0/16B3748").bytes(), 0x16B3748U);
  EXPECT_EQ(Lsn::parse("1F/0").bytes(), 0x1FULL << 32U);
  EXPECT_EQ(Lsn::parse("1F/0").text(), "1F/0");
  EXPECT_EQ(Lsn::parse("0/0306F678"), Lsn::parse("0/306f678"));
  EXPECT_EQ(Lsn::parse("FFFFFFFF/FFFFFFFF").text(), "FFFFFFFF/FFFFFFFF");
}

TEST(LsnText, RefusesWhatIsNoPosition) {
  for (const char* text : {"", "/", "0", "0/", "/0", "0/G", "0x1/2", "-1/2", "+1/2", "0/1 ", " 0/1",
           "0/123456789", "0/1/2", "000000010000000000000007"}) {
    EXPECT_THROW(static_cast<void>(Lsn::parse(text)), Error) << text;
  }
}

TEST(LsnOrder, IsThatOfTheBytes) {
  EXPECT_LT(Lsn::parse("0/FFFFFFFF"), Lsn::parse("1/0"));
  EXPECT_GT(Lsn::parse("A/0"), Lsn::parse("9/FFFFFFFF"));
}

TEST(WalFileName, NamesTheSegmentOfTheByteBefore) {
  EXPECT_EQ(wal_file_name(TimelineId{1}, Lsn::parse("0/3000028")), "000000010000000000000003");
  EXPECT_EQ(wal_file_name(TimelineId{1}, Lsn::parse("0/3000000")), "000000010000000000000002");
  EXPECT_EQ(wal_file_name(TimelineId{1}, Lsn::parse("0/3000001")), "000000010000000000000003");
  EXPECT_EQ(wal_file_name(TimelineId{0xAB}, Lsn::parse("2A/FFFFFFFF")), "000000AB0000002A000000FF");
  EXPECT_EQ(wal_file_name(TimelineId{1}, Lsn::parse("1/0")), "0000000100000000000000FF");
}

TEST(WalFileName, FollowsTheSizeOfSegments) {
  EXPECT_EQ(wal_file_name(TimelineId{1}, Lsn::parse("1/1"), mebibyte), "000000010000000100000000");
  EXPECT_EQ(
      wal_file_name(TimelineId{1}, Lsn::parse("0/FFFFFFFF"), mebibyte), "000000010000000000000FFF");
}

TEST(WalFileName, RefusesThePositionThatMeansNone) {
  EXPECT_THROW(static_cast<void>(wal_file_name(TimelineId{1}, Lsn{})), Error);
}

}  // namespace
}  // namespace pgrehearse
