#include "harness/drill/monitor.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

TEST(ArchiveChanges, AreFilesThatAreGoneOrOther) {
  const std::map<std::string, std::string> before{{"1", "a"}, {"2", "b"}, {"3", "c"}};
  EXPECT_TRUE(changes_in(before, before).empty());
  const std::vector<Notice> notices = changes_in(before, {{"1", "a"}, {"2", "B"}, {"4", "d"}});
  ASSERT_EQ(notices.size(), 2U);
  EXPECT_EQ(notices[0].relation, "2");
  EXPECT_EQ(notices[0].what, "was changed");
  EXPECT_EQ(notices[1].relation, "3");
  EXPECT_EQ(notices[1].what, "is gone");
  EXPECT_EQ(notices[0].by, Watch::archive);
}

}  // namespace
}  // namespace pgrehearse
