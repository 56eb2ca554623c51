#include "harness/drill/time_left.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

using std::chrono::seconds;

TEST(TimeLeft, CountsWhatIsLeftAsWhatHasEnded) {
  EXPECT_EQ(time_left(seconds{60}, 1, 6), "about 5 min left");
  EXPECT_EQ(time_left(seconds{61}, 1, 6), "about 6 min left");
  EXPECT_EQ(time_left(seconds{60}, 2, 3), "less than a minute left");
}

TEST(TimeLeft, SaysNothingWhereNothingCanBeSaid) {
  EXPECT_EQ(time_left(seconds{60}, 0, 6), "");
  EXPECT_EQ(time_left(seconds{60}, 6, 6), "");
}

}  // namespace
}  // namespace pgrehearse
