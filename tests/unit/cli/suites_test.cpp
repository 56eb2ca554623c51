#include "harness/cli/suites.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

// The suites here are those of this test program.
TEST(NarrowedFilter, KeepsWhatIsAskedForAndExcludesOtherSuites) {
  const std::string narrow = narrowed("*Keeps*", "NarrowedFilter.*");
  EXPECT_EQ(narrow.rfind("*Keeps*-", 0), 0U);
  EXPECT_EQ(narrow.find("NarrowedFilter.*"), std::string::npos);
  EXPECT_NE((narrow + ":").find("Settings.*:"), std::string::npos);
}

TEST(NarrowedFilter, AddsToWhatIsExcludedAlready) {
  const std::string narrow = narrowed("*-*Slow*", "Settings.*");
  EXPECT_EQ(narrow.rfind("*-*Slow*:", 0), 0U);
  EXPECT_NE(narrow.find(":NarrowedFilter.*"), std::string::npos);
}

TEST(NarrowedFilter, ExcludesTheOtherCasesOfASuiteOfWhichOneIsAllowed) {
  const std::string narrow = narrowed("*", "NarrowedFilter.AddsToWhatIsExcludedAlready") + ":";
  EXPECT_EQ(narrow.find("NarrowedFilter.*"), std::string::npos);
  EXPECT_EQ(narrow.find("AddsToWhatIsExcludedAlready"), std::string::npos);
  EXPECT_NE(
      narrow.find("NarrowedFilter.KeepsWhatIsAskedForAndExcludesOtherSuites:"), std::string::npos);
  EXPECT_NE(narrow.find("Settings.*:"), std::string::npos);
}

TEST(LeftOut, IsExcludedWholeSuitesToo) {
  const std::string filter = without(
      "*", {{"NarrowedFilter.AddsToWhatIsExcludedAlready", "because"}, {"Settings.*", "because"}});
  EXPECT_EQ(filter, "*-NarrowedFilter.AddsToWhatIsExcludedAlready:Settings.*");
  EXPECT_EQ(without("A.*-A.b", {{"Settings.*", "because"}}), "A.*-A.b:Settings.*");
}

TEST(LeftOut, IsRefusedWhenThereIsNoSuchCase) {
  try {
    static_cast<void>(without("*", {{"NarowedFilter.*", "because"}}));
    ADD_FAILURE() << "a mistyped case is left out";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_config);
    EXPECT_NE(error.hint().find("'NarrowedFilter.*'"), std::string::npos) << error.hint();
  }
}

TEST(LeftOut, KeepsItsReason) {
  const std::map<std::string, std::string> given{{"A.b", "one"}, {"C.*", "all"}};
  EXPECT_EQ(reason_to_leave_out("A.b", given), "one");
  EXPECT_EQ(reason_to_leave_out("A.c", given), "");
  EXPECT_EQ(reason_to_leave_out("C.d", given), "all");
}

}  // namespace
}  // namespace pgrehearse
