#include "harness/report/verdict_sentence.hpp"

#include <gtest/gtest.h>

#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

RunRecord only(std::size_t drill) {
  RunRecord record = sample_record();
  record.drills = {record.drills[drill]};
  return record;
}

TEST(VerdictSentence, OfOneDrillNamesWhatItMissed) {
  EXPECT_EQ(
      verdict_sentence(only(0)), "The drill met all that was asked of it, within its objectives.");
  EXPECT_EQ(verdict_sentence(only(1)), "The drill missed recovery-ending, content, rpo.");
  EXPECT_EQ(verdict_sentence(only(2)), "The drill proved nothing, so this run is no evidence.");
}

TEST(VerdictSentence, OfManyDrillsCountsThem) {
  EXPECT_EQ(verdict_sentence(sample_record()),
      "1 of 3 drills missed what was asked of it, 1 proved nothing.");
  RunRecord record = only(0);
  record.drills.push_back(record.drills[0]);
  EXPECT_EQ(verdict_sentence(record),
      "All 2 drills met what was asked of them, within their objectives.");
  record.interrupted = "SIGTERM";
  record.leftovers = {"container x"};
  EXPECT_EQ(verdict_sentence(record),
      "All 2 drills met what was asked of them, within their objectives; the run was interrupted "
      "by "
      "SIGTERM; 1 thing is left to be removed by hand.");
}

TEST(VerdictSentence, SaysOfADrillWhyItProvesNothing) {
  EXPECT_EQ(verdict_sentence(sample_record().drills[2]),
      "It proves nothing: skipped: no object store in a second region is configured.");
}

}  // namespace
}  // namespace pgrehearse
