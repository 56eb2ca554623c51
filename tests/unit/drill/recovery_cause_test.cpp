// The logs are real ones (tests/unit/pg/data); the requests are those that such a recovery makes.
#include "harness/drill/recovery_cause.hpp"

#include <gtest/gtest.h>

#include "tests/unit/pg/captured.hpp"

namespace pgrehearse {
namespace {

const std::string second = "000000010000000000000002";
const std::string third = "000000010000000000000003";
const std::string fourth = "000000010000000000000004";

const std::vector<SegmentRequest> through_third{{second, "served", ""}, {third, "served", ""},
    {fourth, "missing", ""}, {third, "served", ""}, {"00000002.history", "missing", ""}};

std::string cause(std::string_view log, const RecoveryTarget& asked, bool serving = true,
    const std::vector<SegmentRequest>& requests = through_third) {
  return text_of(cause_of(recovery_ending_of(captured("recovery_" + std::string{log} + ".txt")),
      requests, asked, serving));
}

TEST(RecoveryCause, IsWhatWasAskedFor) {
  EXPECT_EQ(cause("name", AtName{"marker/one"}), "as asked");
  EXPECT_EQ(cause("xid", AtXid{Xid{739}, true}), "as asked");
  EXPECT_EQ(cause("time", AtTime{Timestamp::parse("2026-11-21 05:46:17.3+00")}), "as asked");
  EXPECT_EQ(cause("lsn", AtLsn{Lsn::parse("0/306F678")}), "as asked");
  EXPECT_EQ(cause("immediate", Immediate{}), "as asked");
  EXPECT_EQ(cause("latest", Latest{}), "as asked");
}

TEST(RecoveryCause, IsAnotherPointThanTheOneAskedFor) {
  const std::string another = "stopped at another point";
  EXPECT_EQ(cause("name", AtName{"marker/two"}), another);
  EXPECT_EQ(cause("xid", AtXid{Xid{740}, true}), another);
  EXPECT_EQ(cause("xid", AtXid{Xid{739}, false}), another);
  EXPECT_EQ(cause("time", AtName{"marker/one"}), another);
  EXPECT_EQ(cause("time", AtTime{Timestamp::parse("2026-11-21 05:46:18+00")}), another);
  EXPECT_EQ(cause("lsn", AtLsn{Lsn::parse("0/4000000")}), another);
  EXPECT_EQ(cause("immediate", Latest{}), another);
}

TEST(RecoveryCause, IsTheEndOfAnArchiveThatMissesASegment) {
  const std::string gap = "end of archive, first missing or bad segment " + third;
  const std::vector<SegmentRequest> through_second{{second, "served", ""}, {third, "missing", ""},
      {second, "served", ""}, {"00000002.history", "missing", ""}};
  EXPECT_EQ(cause("gap_name", AtName{"marker/one"}, false, through_second), gap);
  EXPECT_EQ(cause("gap_latest", AtName{"marker/one"}, true, through_second), gap);
  EXPECT_EQ(cause("gap_name", AtName{"marker/one"}, false, {{second, "served", ""}}), gap)
      << "a tool that notes only what it gave";
  EXPECT_EQ(cause("unknown_name", AtName{"marker/none"}, false),
      "end of archive, first missing or bad segment " + fourth);
}

TEST(RecoveryCause, IsTheEndOfAnArchiveWithABadRecord) {
  EXPECT_EQ(cause("badrec", Latest{}), "end of archive, first missing or bad segment " + third);
}

TEST(RecoveryCause, IsARestoreCommandThatFailed) {
  const std::vector<SegmentRequest> failed{{second, "served", ""}, {third, "trouble", ""}};
  EXPECT_EQ(cause("cmd200", AtName{"marker/one"}, false, failed),
      "restore_command failed, first missing or bad segment " + third);
}

TEST(RecoveryCause, IsThatNothingWasRecovered) {
  EXPECT_EQ(cause("no_signal", AtName{"marker/one"}, true, {}), "recovery skipped");
}

TEST(RecoveryCause, IsADeathAlsoAfterTheTargetWasReached) {
  EXPECT_EQ(cause("maxconn", AtName{"marker/one"}, false), "the server died");
  EXPECT_EQ(cause("shutdown", AtName{"marker/one"}, false), "the server died");
  EXPECT_EQ(cause("name", AtName{"marker/one"}, false), "the server died");
  EXPECT_EQ(cause("latest", Latest{}, false), "the server died");
}

TEST(RecoveryCause, IsATargetThatCannotBe) {
  EXPECT_EQ(cause("two", AtName{"marker/one"}, false), "bad target");
}

TEST(RecoveryCause, IsNoneBeforeTheEnd) {
  EXPECT_EQ(text_of(cause_of({}, {}, Latest{}, false)), "still going");
}

}  // namespace
}  // namespace pgrehearse
