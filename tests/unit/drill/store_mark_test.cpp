// Which marks in a bucket are of drills that are over: a wrong yes would remove what a living drill
// still needs.
#include "harness/drill/store_mark.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

const Timestamp put = Timestamp::parse("2026-01-01T00:00:00Z");

bool is_over_after(const std::string& mark, std::chrono::hours age) {
  return is_over(mark, put, put + age);
}

class StoreMark : public testing::Test {
 protected:
  // "boot:pid:start" and the namespace, of this process.
  std::vector<std::string> owner_ = split(split(mark_of_this_process(), ' ').at(0), ':');
  std::string sight_ = split(mark_of_this_process(), ' ').at(1);
};

TEST_F(StoreMark, OfALivingProcessIsNotOver) {
  EXPECT_FALSE(is_over_after(mark_of_this_process(), std::chrono::hours{0}));
  EXPECT_FALSE(is_over_after(mark_of_this_process(), std::chrono::hours{24}));
}

TEST_F(StoreMark, OfAProcessThatIsDeadForCertainIsOver) {
  // The same number, started at another time: that one is dead.
  const std::string dead = owner_[0] + ":" + owner_[1] + ":1 " + sight_;
  EXPECT_TRUE(is_over_after(dead, std::chrono::hours{0}));
}

TEST_F(StoreMark, OfAProcessThatCannotBeSeenFromHereIsNot) {
  const std::string dead = owner_[1] + ":1 ";
  EXPECT_FALSE(is_over_after("another-boot:" + dead + sight_, std::chrono::hours{23}));
  EXPECT_FALSE(is_over_after(owner_[0] + ":" + dead + "pid:[1]", std::chrono::hours{23}));
  EXPECT_FALSE(is_over_after(owner_[0] + ":" + dead, std::chrono::hours{23}));
  EXPECT_FALSE(is_over_after("", std::chrono::hours{23}));
}

TEST_F(StoreMark, ThatIsOlderThanAnyDrillIsOver) {
  EXPECT_TRUE(is_over_after("another-boot:1:1 " + sight_, std::chrono::hours{25}));
  EXPECT_TRUE(is_over_after("", std::chrono::hours{25}));
}

}  // namespace
}  // namespace pgrehearse
