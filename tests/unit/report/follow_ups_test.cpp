#include "harness/report/follow_ups.hpp"

#include <gtest/gtest.h>

#include "harness/report/markdown.hpp"
#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

RunRecord owned(const std::string& within) {
  RunRecord record = sample_record();
  record.settings.push_back({"follow-up-owner", "database team", "flag"});
  record.settings.push_back({"follow-up-within", within, "flag"});
  return record;
}

TEST(FollowUps, NameEveryGapOnce) {
  const RunRecord record = sample_record();
  EXPECT_TRUE(follow_ups_of(record, record.drills[0]).empty());
  std::vector<std::string> subjects;
  for (const FollowUp& follow_up : follow_ups_of(record, record.drills[1])) {
    subjects.push_back(follow_up.subject);
    EXPECT_EQ(follow_up.owner + follow_up.due, "");
  }
  EXPECT_EQ(subjects, (std::vector<std::string>{
                          "recovery-ending", "content", "sequences", "rpo", "rto", "warning"}));
  ASSERT_EQ(follow_ups_of(record, record.drills[2]).size(), 1U);
  EXPECT_EQ(follow_ups_of(record, record.drills[2])[0].subject, "drill");
}

TEST(FollowUps, HaveAnOwnerAndADayWhenTheRunWasGivenThem) {
  const RunRecord record = owned("14d");
  const std::vector<FollowUp> list = follow_ups_of(record, record.drills[1]);
  ASSERT_FALSE(list.empty());
  EXPECT_EQ(list[0].owner, "database team");
  EXPECT_EQ(list[0].due, "2026-12-05");
  EXPECT_NE(
      render_markdown(record).find("(owner: database team, due: 2026-12-05)"), std::string::npos);
}

TEST(FollowUps, LeaveABlankForWhatIsNotKnown) {
  const RunRecord record = owned("some day");
  EXPECT_EQ(follow_ups_of(record, record.drills[1])[0].due, "");
  EXPECT_NE(render_markdown(record).find("due: ________________)"), std::string::npos);
}

}  // namespace
}  // namespace pgrehearse
