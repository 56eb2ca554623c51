#include "harness/check/log_scrub.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

TEST(LogScrub, KeepsWhatTheServerSaysOfItself) {
  const std::string line =
      "2026-11-21 05:00:00.000 UTC [7] LOG:  recovery stopping at restore point \"r/1\"\n";
  EXPECT_EQ(scrubbed_log(line), line);
}

TEST(LogScrub, HidesWhatAnErrorQuotes) {
  const std::string scrubbed =
      scrubbed_log("x [7] ERROR:  invalid input syntax for type integer: \"canary-1\"\n");
  EXPECT_EQ(scrubbed.find("canary"), std::string::npos);
  EXPECT_NE(scrubbed.find("invalid input syntax"), std::string::npos);
}

TEST(LogScrub, HidesAQuotationThatIsNotClosed) {
  EXPECT_EQ(scrubbed_log("x [7] FATAL:  bad \"canary-2\n").find("canary"), std::string::npos);
}

TEST(LogScrub, DropsDetailsAndStatementsWithTheirContinuations) {
  const std::string scrubbed = scrubbed_log(
      "x [7] ERROR:  duplicate key\nx [7] DETAIL:  Key (mail)=(canary-3) already exists.\n"
      "x [7] STATEMENT:  INSERT INTO t\n\tVALUES ('canary-4')\nx [7] LOG:  checkpoint starting\n");
  EXPECT_EQ(scrubbed, "x [7] ERROR:  duplicate key\nx [7] LOG:  checkpoint starting\n");
}

}  // namespace
}  // namespace pgrehearse
