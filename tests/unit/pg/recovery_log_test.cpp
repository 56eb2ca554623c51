#include "harness/pg/recovery_log.hpp"

#include <gtest/gtest.h>

#include "tests/unit/pg/captured.hpp"

namespace pgrehearse {
namespace {

RecoveryEnding ending_in(std::string_view name) {
  return recovery_ending_of(captured("recovery_" + std::string{name} + ".txt"));
}

std::string outcome_in(std::string_view name) {
  return std::string{name_of(ending_in(name).outcome)};
}

TEST(RecoveryLog, ANameStopsAtItsRestorePoint) {
  const RecoveryEnding ending = ending_in("name");
  EXPECT_EQ(name_of(ending.outcome), "target reached");
  ASSERT_TRUE(ending.stop.has_value());
  EXPECT_EQ(ending.stop->reason, StopReason::restore_point);
  EXPECT_EQ(ending.stop->restore_point, "marker/one");
  EXPECT_EQ(ending.stop->time, Timestamp::parse("2026-11-21 05:46:17.664522+00"));
  EXPECT_EQ(ending.redo_start, Lsn::parse("0/2000028"));
  EXPECT_EQ(ending.consistent_at, Lsn::parse("0/2000100"));
  EXPECT_EQ(ending.redo_done, Lsn::parse("0/306F610"));
  EXPECT_EQ(ending.new_timeline, TimelineId{2});
  EXPECT_EQ(ending.last_completed_transaction, Timestamp::parse("2026-11-21 05:46:17.649604+00"));
  EXPECT_TRUE(ending.archive_recovery_complete);
  EXPECT_TRUE(ending.target_asked);
  EXPECT_EQ(ending.restored_files, (std::vector<std::string>{"000000010000000000000002",
                                       "000000010000000000000003", "000000010000000000000003"}));
  EXPECT_EQ(ending.server_starts, 1);
  EXPECT_TRUE(ending.unexpected_lines.empty());
  EXPECT_EQ(ending.reader_complaint, "");
}

TEST(RecoveryLog, ATimeStopsBeforeTheFirstLaterCommit) {
  const RecoveryEnding ending = ending_in("time");
  EXPECT_EQ(name_of(ending.outcome), "target reached");
  ASSERT_TRUE(ending.stop.has_value());
  EXPECT_EQ(ending.stop->reason, StopReason::before_commit);
  EXPECT_EQ(ending.stop->xid, 739U);
  EXPECT_EQ(ending.stop->time, Timestamp::parse("2026-11-21 05:46:17.400626+00"));
}

TEST(RecoveryLog, APositionStopsBeforeItsRecord) {
  const RecoveryEnding ending = ending_in("lsn");
  EXPECT_EQ(name_of(ending.outcome), "target reached");
  ASSERT_TRUE(ending.stop.has_value());
  EXPECT_EQ(ending.stop->reason, StopReason::before_lsn);
  EXPECT_EQ(ending.stop->lsn, Lsn::parse("0/306F678"));
}

TEST(RecoveryLog, ATransactionStopsAfterItsCommit) {
  const RecoveryEnding ending = ending_in("xid");
  EXPECT_EQ(name_of(ending.outcome), "target reached");
  ASSERT_TRUE(ending.stop.has_value());
  EXPECT_EQ(ending.stop->reason, StopReason::after_commit);
  EXPECT_EQ(ending.stop->xid, 739U);
}

TEST(RecoveryLog, ImmediateStopsAtConsistency) {
  const RecoveryEnding ending = ending_in("immediate");
  EXPECT_EQ(name_of(ending.outcome), "target reached");
  ASSERT_TRUE(ending.stop.has_value());
  EXPECT_EQ(ending.stop->reason, StopReason::consistency);
  EXPECT_FALSE(ending.last_completed_transaction.has_value());
}

TEST(RecoveryLog, ATargetBeforeTheBackupShowsOnlyInTheStop) {
  const RecoveryEnding ending = ending_in("early");  // asked for 2001
  EXPECT_EQ(name_of(ending.outcome), "target reached");
  ASSERT_TRUE(ending.stop.has_value());
  EXPECT_GT(*ending.stop->time, Timestamp::parse("2026-01-01 00:00:00Z"));
}

TEST(RecoveryLog, TheEndOfTheArchiveAndAHoleLookTheSame) {
  for (const char* name : {"latest", "gap_latest"}) {
    const RecoveryEnding ending = ending_in(name);
    EXPECT_EQ(name_of(ending.outcome), "end of archive") << name;
    EXPECT_FALSE(ending.stop.has_value());
    EXPECT_FALSE(ending.target_asked);
    EXPECT_EQ(ending.reader_complaint, "");
  }
  EXPECT_EQ(ending_in("latest").redo_done, Lsn::parse("0/30710F0"));
  EXPECT_EQ(ending_in("gap_latest").redo_done, Lsn::parse("0/2000100"));
}

TEST(RecoveryLog, ABadRecordEndsItWithTheReadersComplaint) {
  const RecoveryEnding ending = ending_in("badrec");
  EXPECT_EQ(name_of(ending.outcome), "end of archive");
  EXPECT_EQ(
      ending.reader_complaint, "incorrect resource manager data checksum in record at 0/3018730");
}

TEST(RecoveryLog, AFailureOfRestoreCommandIsNamed) {
  const RecoveryEnding ending = ending_in("cmd200");
  EXPECT_EQ(name_of(ending.outcome), "restore_command error");
  EXPECT_EQ(ending.cause, "FATAL: could not restore file from archive");
}

TEST(RecoveryLog, AnArchiveThatEndsBeforeTheTargetIsNamed) {
  for (const char* name : {"gap_name", "unknown_name"}) {
    const RecoveryEnding ending = ending_in(name);
    EXPECT_EQ(name_of(ending.outcome), "target not reached") << name;
    EXPECT_EQ(ending.unexpected_lines,
        (std::vector<std::string>{
            "FATAL: recovery ended before configured recovery target was reached"}));
    EXPECT_FALSE(ending.archive_recovery_complete);
  }
}

TEST(RecoveryLog, ATargetThatCannotBeIsNamed) {
  EXPECT_EQ(outcome_in("two"), "bad target");
  EXPECT_EQ(outcome_in("bad_lsn"), "bad target");
  EXPECT_EQ(outcome_in("badtli"), "bad target");
  EXPECT_EQ(outcome_in("lsn_early"), "bad target");
}

TEST(RecoveryLog, AForgottenSignalFileIsNotARecovery) {
  const RecoveryEnding ending = ending_in("no_signal");
  EXPECT_EQ(name_of(ending.outcome), "recovery skipped");
  EXPECT_FALSE(ending.archive_recovery_complete);
  EXPECT_FALSE(ending.new_timeline.has_value());
}

TEST(RecoveryLog, AClientThatComesTooEarlyIsNoDeath) {
  std::string log = captured("recovery_no_signal.txt");
  const std::size_t first = log.find("database system was interrupted");
  ASSERT_NE(first, std::string::npos);
  log.insert(log.rfind('\n', first) + 1,
      "2026-11-21 05:55:40.864 UTC [8082] FATAL:  the database system is starting up\n");
  EXPECT_EQ(name_of(recovery_ending_of(log).outcome), "recovery skipped");
}

TEST(RecoveryLog, ABackupWithoutItsLabelIsTakenForACrash) {
  EXPECT_FALSE(ending_in("name").began_as_a_crash);
  std::string log = captured("recovery_name.txt");
  const std::size_t redo = log.find("redo starts at");
  ASSERT_NE(redo, std::string::npos);
  const std::size_t line = log.rfind('\n', redo) + 1;
  log.insert(line, log.substr(line, redo - line) +
                       "database system was not properly shut down; automatic recovery in "
                       "progress\n");
  const RecoveryEnding ending = recovery_ending_of(log);
  EXPECT_TRUE(ending.began_as_a_crash);
  EXPECT_EQ(name_of(ending.outcome), "target reached");
}

TEST(RecoveryLog, OtherDeathsKeepTheirCause) {
  EXPECT_EQ(outcome_in("maxconn"), "died");
  EXPECT_EQ(ending_in("maxconn").cause,
      "FATAL: recovery aborted because of insufficient parameter settings");
  EXPECT_EQ(outcome_in("short"), "died");
  EXPECT_EQ(ending_in("short").cause, "FATAL: archive file has wrong size");
  EXPECT_EQ(outcome_in("cmd1"), "died");
  EXPECT_EQ(outcome_in("cmdkill"), "died");
  EXPECT_EQ(ending_in("cmdkill").cause, "no reason in the log");
  EXPECT_EQ(outcome_in("shutdown"), "died");
  EXPECT_EQ(ending_in("shutdown").cause, "shut down at the target");
}

TEST(RecoveryLog, BeforeTheEndItIsStillGoing) {
  const std::string log = captured("recovery_name.txt");
  const std::string part = log.substr(0, log.find("recovery stopping") + 10);
  EXPECT_EQ(recovery_ending_of(part).outcome, RecoveryOutcome::still_going);
  EXPECT_FALSE(recovery_ending_of(part).stop.has_value()) << "half a line was read";
  EXPECT_EQ(recovery_ending_of("").outcome, RecoveryOutcome::still_going);
  const std::string paused = captured("recovery_pause.txt");
  EXPECT_EQ(recovery_ending_of(paused.substr(0, paused.find("received fast"))).outcome,
      RecoveryOutcome::still_going);
  EXPECT_EQ(recovery_ending_of(paused).outcome, RecoveryOutcome::died);
}

TEST(RecoveryLog, ALaterRestartDoesNotHideTheRecovery) {
  const RecoveryEnding ending = ending_in("twice");
  EXPECT_EQ(name_of(ending.outcome), "target reached");
  EXPECT_EQ(ending.server_starts, 3);
  EXPECT_EQ(ending.reader_complaint, "");
}

TEST(RecoveryLog, ARestartWithoutTheSignalFileIsNotHiddenByAnEarlierDeath) {
  EXPECT_EQ(
      recovery_ending_of(captured("recovery_gap_name.txt") + captured("recovery_no_signal.txt"))
          .outcome,
      RecoveryOutcome::skipped);
}

TEST(RecoveryLog, RowValuesNeverGetOut) {
  const std::string log =
      "2026-11-21 05:51:29.080 UTC [7] ERROR:  invalid input syntax for type integer: \"canary\"\n"
      "2026-11-21 05:51:29.080 UTC [7] STATEMENT:  insert into t values ('canary')\n"
      "2026-11-21 05:51:29.080 UTC [7] ERROR:  duplicate key value violates unique constraint "
      "\"t_canary\"\n"
      "2026-11-21 05:51:29.080 UTC [7] DETAIL:  Key (id)=(canary) already exists.\n"
      "2026-11-21 05:51:29.081 UTC [8] WARNING:  database \"canary\" has a collation version "
      "mismatch\n"
      "2026-11-21 05:51:29.081 UTC [8] ERROR:  invalid input syntax for type integer: \"canary\"\n"
      "2026-11-21 05:51:29.081 UTC [8] FATAL:  the database system is starting up\n"
      "2026-11-21 05:51:29.081 UTC [8] ERROR:  canary\n"
      "\t2026-11-21 05:51:29.081 UTC [8] LOG:  archive recovery complete\n"
      "2026-11-21 05:51:29.081 UTC [8] LOG:  canary\n";
  const RecoveryEnding ending = recovery_ending_of(log);
  EXPECT_EQ(ending.unexpected_lines, (std::vector<std::string>{"ERROR: (text withheld) (3 times)",
                                         "ERROR: duplicate key value violates unique constraint",
                                         "WARNING: database has a collation version mismatch"}));
  EXPECT_FALSE(ending.archive_recovery_complete) << "a continuation line was taken for a line";
}

TEST(RecoveryLog, AStandbyNamesItsLostLinkAndNoAddress) {
  const std::string log =
      "2026-11-21 05:51:29.080 UTC [7] FATAL:  could not receive data from WAL stream: server "
      "closed the connection unexpectedly\n"
      "2026-11-21 05:51:29.085 UTC [7] FATAL:  could not send data to WAL stream: server closed "
      "the "
      "connection unexpectedly\n"
      "2026-11-21 05:51:29.090 UTC [8] FATAL:  could not connect to the primary server: connection "
      "to server at \"10.0.0.2\", port 5432 failed: Connection refused\n";
  EXPECT_EQ(recovery_ending_of(log).unexpected_lines,
      (std::vector<std::string>{"FATAL: the link to the primary broke (2 times)",
          "FATAL: the primary cannot be reached"}));
}

// A dump makes subscriptions so. Another level or other words are not excused.
TEST(RecoveryLog, ASubscriptionWithoutConnectionIsNoWarning) {
  const std::string words =
      "tables were not subscribed, you will have to run ALTER SUBSCRIPTION ... REFRESH PUBLICATION "
      "to subscribe the tables\n";
  EXPECT_TRUE(recovery_ending_of("2026-11-21 05:51:29.080 UTC [7] WARNING:  " + words)
                  .unexpected_lines.empty());
  EXPECT_EQ(recovery_ending_of("2026-11-21 05:51:29.080 UTC [7] ERROR:  " + words)
                .unexpected_lines.size(),
      1U);
}

TEST(RecoveryLog, ADyingSessionIsNotADyingRecovery) {
  std::string log = captured("recovery_name.txt");
  const std::string stray =
      "2026-11-21 05:51:28.930 UTC [99] FATAL:  password authentication failed for user \"x\"\n";
  log.insert(log.find("cp: cannot stat"), stray);
  const RecoveryEnding ending =
      recovery_ending_of(log.substr(0, log.find("2026-11-21 05:51:29.070")));
  EXPECT_EQ(ending.outcome, RecoveryOutcome::still_going);
  EXPECT_EQ(
      ending.unexpected_lines, (std::vector<std::string>{"FATAL: password authentication failed"}));
}

}  // namespace
}  // namespace pgrehearse
