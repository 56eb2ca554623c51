#include "harness/cli/suites.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace pgrehearse
