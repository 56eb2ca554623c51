// Waiting ends with the condition, the deadline, or the death of what is waited for.
#include "harness/process/wait.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

TEST(WaitUntil, EndsAsSoonAsNothingIsMissing) {
  int asked = 0;
  wait_until("the third answer", Milliseconds{60'000}, [&]() -> std::optional<std::string> {
    return ++asked < 3 ? std::optional<std::string>{"not yet"} : std::nullopt;
  });
  EXPECT_EQ(asked, 3);
}

TEST(WaitUntil, SaysAtTheDeadlineWhatWasMissing) {
  try {
    wait_until("the segment", Milliseconds{100},
        []() -> std::optional<std::string> { return "last archived ...06"; });
    FAIL() << "the wait did not end at its deadline";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::timed_out);
    EXPECT_NE(
        error.message().find("waiting for the segment: last archived ...06"), std::string::npos)
        << error.message();
  }
}

TEST(WaitUntil, GivesUpAtOnceWhenTheConditionThrows) {
  int asked = 0;
  EXPECT_THROW(wait_until("a dead server", Milliseconds{5'000},
                   [&]() -> std::optional<std::string> {
                     ++asked;
                     throw Error{ErrorCode::instance_failed, "it died"};
                   }),
      Error);
  EXPECT_EQ(asked, 1);
}

TEST(WaitUntil, AsksOnceEvenWithoutTime) {
  wait_until("what is there", Milliseconds{0}, []() -> std::optional<std::string> { return {}; });
}

}  // namespace
}  // namespace pgrehearse
