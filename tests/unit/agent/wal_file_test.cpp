#include "harness/agent/wal_file.hpp"

#include <gtest/gtest.h>

#include "tests/unit/agent/given.hpp"

namespace pgrehearse {
namespace {

const std::string seventh = "000000010000000000000007";

TEST(WalFileName, IsOneOfFourKinds) {
  EXPECT_EQ(wal_file_kind(seventh), WalFileKind::segment);
  EXPECT_EQ(wal_file_kind(seventh + ".partial"), WalFileKind::partial);
  EXPECT_EQ(wal_file_kind("0000000A.history"), WalFileKind::history);
  EXPECT_EQ(wal_file_kind(seventh + ".00000028.backup"), WalFileKind::backup_history);
}

TEST(WalFileName, IsNothingElse) {
  for (const std::string name :
      {"", ".", "..", "/", "000000010000000000000007/", "../0000000A.history",
          "00000001000000000000000", "0000000100000000000000071", "00000001000000000000000a",
          "000000010000000000000007.gz", "000000010000000000000007.0000002.backup",
          "000000010000000000000007.00000028.backup2", "0000000A.History", "A.history",
          "000000010000000000000007.partial.partial", "000000010000000000000007\n"}) {
    EXPECT_EQ(wal_file_kind(name), std::nullopt) << name;
  }
}

TEST(WalSegment, IsWholeWithSixteenMebibytesOrWhatItsFirstPageSays) {
  const std::string small = segment(7, mebibyte);
  const std::string usual = segment(7);
  EXPECT_EQ(why_not_whole(seventh, 16 * mebibyte, usual.substr(0, 40)), std::nullopt);
  EXPECT_EQ(why_not_whole(seventh, 16 * mebibyte, "no header"), std::nullopt);
  EXPECT_EQ(why_not_whole(seventh, mebibyte, small.substr(0, 40)), std::nullopt);
  EXPECT_NE(why_not_whole(seventh, mebibyte, usual.substr(0, 40)), std::nullopt);
  EXPECT_NE(why_not_whole(seventh, 16 * mebibyte, small.substr(0, 40)), std::nullopt);
  EXPECT_NE(why_not_whole(seventh, 16 * mebibyte - 1, usual.substr(0, 40)), std::nullopt);
  EXPECT_NE(why_not_whole(seventh + ".partial", 8 * mebibyte, usual.substr(0, 40)), std::nullopt);
  EXPECT_NE(why_not_whole(seventh, 0, ""), std::nullopt);
}

TEST(WalSegment, IsNotBelievedASizeThatNoServerUses) {
  std::string odd = segment(7, mebibyte);
  odd[33] = '\x01';
  EXPECT_NE(why_not_whole(seventh, mebibyte + 256, odd.substr(0, 40)), std::nullopt);
}

TEST(OtherWalFiles, AreWholeUnlessEmpty) {
  EXPECT_EQ(
      why_not_whole("0000000A.history", 41, "1\t0/16B3748\tno recovery target"), std::nullopt);
  EXPECT_NE(why_not_whole("0000000A.history", 0, ""), std::nullopt);
}

TEST(WalSegment, IsMisnamedWhenItsFirstPageBeginsElsewhere) {
  EXPECT_EQ(why_misnamed(seventh, segment(7)), std::nullopt);
  EXPECT_EQ(why_misnamed(seventh, std::string(40, '\0')), std::nullopt);
  EXPECT_EQ(
      why_misnamed(seventh, segment(8)), "the segment's first page says it begins at 0/8000000");
  EXPECT_EQ(why_misnamed("0000000300000002000000FF", segment(2 * 256 + 255)), std::nullopt);
  EXPECT_NE(why_misnamed("0000000300000001000000FF", segment(2 * 256 + 255)), std::nullopt);
  EXPECT_EQ(why_misnamed("000000010000000100000FFF", segment(4096 + 4095, mebibyte)), std::nullopt);
}

}  // namespace
}  // namespace pgrehearse
