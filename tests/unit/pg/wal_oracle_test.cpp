#include "harness/pg/wal_oracle.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "tests/unit/pg/captured.hpp"

namespace pgrehearse {
namespace {

WalOracle oracle_in_data() {
  return wal_oracle_of(dump_of(captured("waldump_transactions.txt")), Xid{768});
}

const WalCommit* commit_of(const WalOracle& oracle, Xid xid) {
  for (const WalCommit& commit : oracle.commits) {
    if (commit.xid == xid) {
      return &commit;
    }
  }
  return nullptr;
}

TEST(WalOracleText, CommitsKeepTheirPlaceTimeAndSubtransactions) {
  const WalOracle oracle = oracle_in_data();
  const WalCommit* commit = commit_of(oracle, Xid{739});
  ASSERT_NE(commit, nullptr);
  EXPECT_EQ(commit->lsn, Lsn::parse("0/30192F0"));
  EXPECT_EQ(commit->when, Timestamp::parse("2026-11-21 05:46:17.400626Z"));
  EXPECT_EQ(commit->subxacts, (std::vector<Xid>{Xid{740}, Xid{742}}));
  EXPECT_FALSE(commit->prepared);
  const WalCommit* with_more_details = commit_of(oracle, Xid{763});
  ASSERT_NE(with_more_details, nullptr);
  EXPECT_EQ(with_more_details->subxacts, (std::vector<Xid>{Xid{764}}));
  EXPECT_EQ(oracle.reading.stop, WalStop::whole_range);
  EXPECT_EQ(oracle.reading.last_record, Lsn::parse("0/30710F0"));
  EXPECT_EQ(oracle.strange_lines, 0U);
}

TEST(WalOracleText, ASecondPhaseIsTheCommitOfItsTransaction) {
  const WalOracle oracle = oracle_in_data();
  ASSERT_EQ(oracle.prepares.size(), 2U);
  EXPECT_EQ(oracle.prepares[0].xid, Xid{746});
  const WalCommit* commit = commit_of(oracle, Xid{746});
  ASSERT_NE(commit, nullptr);
  EXPECT_TRUE(commit->prepared);
  EXPECT_EQ(commit->lsn, Lsn::parse("0/30198A0"));
  EXPECT_EQ(commit->subxacts, (std::vector<Xid>{Xid{747}}));
  EXPECT_EQ(oracle.aborts.back().xid, Xid{748});
  EXPECT_TRUE(oracle.aborts.back().prepared);
}

TEST(WalOracleText, AbortsAreNoCommits) {
  const WalOracle oracle = oracle_in_data();
  EXPECT_EQ(commit_of(oracle, Xid{741}), nullptr);
  EXPECT_EQ(commit_of(oracle, Xid{743}), nullptr);
  EXPECT_EQ(oracle.aborts.size(), 5U);
}

TEST(WalOracleText, ARestorePointEndsWhereTheServerSaidItDoes) {
  const WalOracle oracle = oracle_in_data();
  const WalRestorePoint* point = oracle.restore_point("marker/one");
  ASSERT_NE(point, nullptr);
  EXPECT_EQ(point->start, Lsn::parse("0/306F610"));
  EXPECT_EQ(point->end, Lsn::parse("0/306F678"));
  EXPECT_EQ(oracle.restore_point("marker"), nullptr);
  ASSERT_NE(oracle.restore_point("marker two; lsn: 0/5, xmax"), nullptr)
      << "a name is the rest of its line";
}

TEST(WalOracleText, OnlyWhatStartsBeforeAPositionIsBeforeIt) {
  const WalOracle oracle = oracle_in_data();
  const WalCommit* commit = commit_of(oracle, Xid{739});
  ASSERT_NE(commit, nullptr);
  const auto before = oracle.commits_before(commit->lsn);
  ASSERT_FALSE(before.empty());
  EXPECT_EQ(before.back().xid, Xid{738});
  EXPECT_EQ(oracle.commits_before(Lsn{commit->lsn.bytes() + 1}).back().xid, Xid{739});
  EXPECT_TRUE(oracle.commits_before(Lsn{}).empty());
  EXPECT_EQ(oracle.commits_before(oracle.restore_point("marker/one")->end).back().xid, Xid{767});
  EXPECT_EQ(oracle.commits_before(Lsn::parse("1/0")).size(), oracle.commits.size());
}

TEST(WalOracleText, LinesOutOfOrderAreCountedAndLeftOut) {
  const std::string real = captured("waldump_transactions.txt");
  const std::string forged =
      "rmgr: Transaction len (rec/tot):     34/    34, tx:          9, lsn: 0/01000000, prev "
      "0/00000000, "
      "desc: COMMIT 2026-11-21 05:46:17.285467 UTC\n";
  const WalOracle oracle = wal_oracle_of(dump_of(real + forged + "free text\n"), Xid{768});
  EXPECT_EQ(oracle.strange_lines, 2U);
  EXPECT_EQ(commit_of(oracle, Xid{9}), nullptr);
  EXPECT_EQ(wal_oracle_of(dump_of(real.substr(0, real.size() - 9)), Xid{768}).strange_lines, 1U)
      << "a line that was cut off";
}

TEST(WalOracleText, AnotherZoneIsRefused) {
  std::string text = captured("waldump_transactions.txt");
  text.replace(text.find(" UTC"), 4, " EST");
  EXPECT_THROW(static_cast<void>(wal_oracle_of(dump_of(text), Xid{768})), Error);
}

TEST(TransactionIds, AreWidenedTowardsAKnownOne) {
  constexpr std::uint64_t epoch = 1ULL << 32U;
  EXPECT_EQ(widened(739, Xid{768}), Xid{739});
  EXPECT_EQ(widened(739, Xid{5 * epoch + 768}), Xid{5 * epoch + 739});
  EXPECT_EQ(widened(0xFFFFFFF0U, Xid{5 * epoch + 3}), Xid{4 * epoch + 0xFFFFFFF0U});
  EXPECT_EQ(widened(3, Xid{4 * epoch + 0xFFFFFFF0U}), Xid{5 * epoch + 3});
}

TEST(EndOfRecord, CountsTheHeadersOfPages) {
  EXPECT_EQ(end_of_record(Lsn::parse("0/3001FE8"), 24), Lsn::parse("0/3002000"));
  EXPECT_EQ(end_of_record(Lsn::parse("0/3001FF0"), 24), Lsn::parse("0/3002020"));
  EXPECT_EQ(end_of_record(Lsn::parse("0/3FFFFF0"), 24), Lsn::parse("0/4000030"));
  EXPECT_EQ(end_of_record(Lsn::parse("0/3049470"), 20000), Lsn::parse("0/304E2D8"));
}

TEST(WalReadingEnd, IsToldFromTheLastWords) {
  const auto reading = [](const std::string& message) {
    return wal_reading_of(broken_dump(message), Lsn::parse("0/2000028"));
  };
  const WalReading zeros = reading(
      "error in WAL record at 0/4000028: invalid record length at 0/4000060: wanted 24, got 0");
  EXPECT_EQ(zeros.stop, WalStop::zeros_follow);
  EXPECT_EQ(zeros.last_record, Lsn::parse("0/4000028"));
  EXPECT_EQ(zeros.stopped_at, Lsn::parse("0/4000060"));

  const WalReading empty = reading(
      "error in WAL record at 0/2000100: invalid magic number 0000 in log segment "
      "000000010000000000000003, offset 0");
  EXPECT_EQ(empty.stop, WalStop::zeros_follow);
  EXPECT_EQ(empty.stopped_at, Lsn::parse("0/3000000"));

  const WalReading bad = reading(
      "error in WAL record at 0/30186F0: incorrect resource manager data checksum in record at "
      "0/3018730");
  EXPECT_EQ(bad.stop, WalStop::bad_record);
  EXPECT_EQ(bad.last_record, Lsn::parse("0/30186F0"));
  EXPECT_EQ(bad.stopped_at, Lsn::parse("0/3018730"));

  const WalReading gone =
      reading("could not find file \"000000010000000000000002\": No such file or directory");
  EXPECT_EQ(gone.stop, WalStop::segment_missing);
  EXPECT_EQ(gone.segment, "000000010000000000000002");
  EXPECT_EQ(gone.stopped_at, Lsn::parse("0/2000000"));
  EXPECT_EQ(gone.last_record, Lsn::parse("0/2000028"));
  EXPECT_EQ(
      reading("could not open file \"000000010000000000000004\"").stop, WalStop::segment_missing);
  EXPECT_EQ(reading("could not locate WAL file \"000000010000000000000009\"").stop,
      WalStop::segment_missing);

  const WalReading torn =
      reading("could not read from file 000000010000000000000003, offset 0: read 0 of 8192");
  EXPECT_EQ(torn.stop, WalStop::segment_torn);
  EXPECT_EQ(torn.segment, "000000010000000000000003");
  EXPECT_EQ(reading("could not read file \"000000010000000000000002\": read 0 of 8192").stop,
      WalStop::segment_torn);
  EXPECT_EQ(reading("something else").stop, WalStop::unreadable);
}

TEST(WalReadingEnd, AProgramThatWasEndedProvesNothing) {
  EXPECT_EQ(wal_reading_of(ended(137), Lsn{}).stop, WalStop::unreadable);
  Completed late = ended(0);
  late.timed_out = true;
  EXPECT_EQ(wal_reading_of(late, Lsn{}).stop, WalStop::unreadable);
  EXPECT_EQ(wal_reading_of(ended(0), Lsn{}).stop, WalStop::whole_range);
}

TEST(WaldumpProgram, AsksForUtcAndPlainWords) {
  const Program program = waldump_program({.directory = "/a",
      .first_segment = "000000010000000000000003",
      .last_segment = "000000010000000000000004",
      .start = Lsn::parse("0/3000028")});
  EXPECT_EQ(program.argv,
      (std::vector<std::string>{"pg_waldump", "--path=/a", "--rmgr=Transaction", "--rmgr=XLOG",
          "--start=0/3000028", "000000010000000000000003", "000000010000000000000004"}));
  ASSERT_EQ(program.env.size(), 2U);
  EXPECT_EQ(program.env[1].name, "TZ");
  EXPECT_EQ(program.env[1].value.reveal(), "UTC");
}

}  // namespace
}  // namespace pgrehearse
