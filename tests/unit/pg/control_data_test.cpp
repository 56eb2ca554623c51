#include "harness/pg/control_data.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "tests/unit/pg/captured.hpp"

namespace pgrehearse {
namespace {

TEST(ControlDataText, IsReadWhole) {
  const ControlData data = control_data_of(captured("control_data.txt"));
  EXPECT_EQ(data.state, "in production");
  EXPECT_EQ(data.system_identifier, 7710496834075565528U);
  EXPECT_EQ(data.timeline, TimelineId{2});
  EXPECT_EQ(data.previous_timeline, TimelineId{1});
  EXPECT_EQ(data.checkpoint.text(), "0/306F678");
  EXPECT_EQ(data.redo.text(), "0/306F678");
  EXPECT_EQ(data.next_xid, Xid{768});
  EXPECT_EQ(data.minimum_recovery_end, Lsn{});
  EXPECT_EQ(data.minimum_recovery_timeline, TimelineId{0});
  EXPECT_FALSE(data.end_of_backup_required);
  EXPECT_EQ(data.wal_level, "replica");
  EXPECT_EQ(data.max_connections, 100);
  EXPECT_EQ(data.max_worker_processes, 8);
  EXPECT_EQ(data.max_wal_senders, 10);
  EXPECT_EQ(data.max_prepared_transactions, 5);
  EXPECT_EQ(data.max_locks_per_transaction, 64);
  EXPECT_TRUE(data.track_commit_timestamp);
  EXPECT_EQ(data.segment_bytes, 16U * 1024 * 1024);
  EXPECT_EQ(data.checksum_version, 1U);
  EXPECT_TRUE(data.intact);
}

TEST(ControlDataText, KeepsTheEpochOfTransactionIds) {
  std::string text = captured("control_data.txt");
  text.replace(text.find("0:768"), 5, "2:768");
  EXPECT_EQ(control_data_of(text).next_xid, Xid{(2ULL << 32U) + 768});
}

TEST(ControlDataText, SaysWhenItsChecksumIsWrong) {
  EXPECT_FALSE(
      control_data_of("WARNING: Calculated CRC checksum does not match value stored in file.\n" +
                      captured("control_data.txt"))
          .intact);
}

TEST(ControlDataText, NamesTheEntryThatIsMissing) {
  std::string text = captured("control_data.txt");
  text.replace(text.find("wal_level setting"), 9, "gone");
  try {
    static_cast<void>(control_data_of(text));
    FAIL() << "a missing entry was not noticed";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_value);
    EXPECT_NE(error.message().find("wal_level setting"), std::string::npos);
  }
  EXPECT_THROW(static_cast<void>(control_data_of("")), Error);
}

}  // namespace
}  // namespace pgrehearse
