#include "harness/check/log_scrub.hpp"

#include <string>

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

const std::string stamp = "2026-11-21 05:00:00.000 UTC [7] ";

TEST(LogScrub, KeepsWhatTheServerSaysOfItself) {
  const std::string line = stamp + "LOG:  recovery stopping at restore point \"r/1\"\n";
  EXPECT_EQ(scrubbed_log(line), line);
  const std::string refusal = stamp + "FATAL:  the database system is starting up\n";
  EXPECT_EQ(scrubbed_log(refusal), refusal);
}

TEST(LogScrub, PutsFixedWordsInPlaceOfAKnownComplaint) {
  EXPECT_EQ(scrubbed_log(stamp + "ERROR:  duplicate key value violates unique constraint \"k\"\n"),
      stamp + "ERROR: duplicate key value violates unique constraint\n");
}

TEST(LogScrub, WithholdsEveryOtherComplaint) {
  // RAISE gives any text, without quotes around the value.
  for (const std::string level : {"ERROR", "WARNING", "FATAL", "NOTICE"}) {
    EXPECT_EQ(scrubbed_log(stamp + level + ":  card canary-1 is \"canary-2\"\n"),
        stamp + level + ": (text withheld)\n");
  }
}

TEST(LogScrub, WithholdsStatementsThatTheServerWasToldToLog) {
  EXPECT_EQ(scrubbed_log(stamp + "LOG:  statement: INSERT INTO t\n\tVALUES ('canary-3')\n" + stamp +
                         "LOG:  duration: 1.0 ms  statement: SELECT 'canary-4'\n" + stamp +
                         "LOG:  card canary-5\n"),
      stamp + "LOG: (text withheld)\n" + stamp + "LOG: (text withheld)\n" + stamp +
          "LOG: (text withheld)\n");
}

TEST(LogScrub, DropsDetailsAndStatementsWithTheirContinuations) {
  EXPECT_EQ(scrubbed_log(stamp + "ERROR:  deadlock detected\n" + stamp +
                         "DETAIL:  Key (mail)=(canary-6) already exists.\n" + stamp +
                         "STATEMENT:  INSERT INTO t\n\tVALUES ('canary-7')\n" + stamp +
                         "LOG:  checkpoint starting: time\n"),
      stamp + "ERROR: deadlock detected\n" + stamp + "LOG:  checkpoint starting: time\n");
}

TEST(LogScrub, DropsLinesOfAnotherShape) {
  EXPECT_EQ(scrubbed_log("canary-8\n\tcanary-9\nx [7] QUERY:  SELECT 'canary-10'\n"), "");
}

}  // namespace
}  // namespace pgrehearse
