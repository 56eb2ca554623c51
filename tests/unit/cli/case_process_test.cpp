#include "harness/cli/case_process.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

TEST(CasesInAListing, AreNamedWithTheirSuites) {
  const std::vector<CaseName> expected{{"AccidentalDelete", "RowsComeBack"},
      {"AccidentalDelete", "TablesComeBack"}, {"Engines/Killed", "Leaves/Local"}};
  EXPECT_EQ(cases_in("AccidentalDelete.\n  RowsComeBack\n  TablesComeBack\nEngines/Killed.\n"
                     "  Leaves/Local  # GetParam() = \"local. or not\"\n"),
      expected);
}

TEST(CasesInAListing, AreNoneWhereNothingIsSelected) {
  EXPECT_TRUE(cases_in("").empty());
  EXPECT_TRUE(cases_in("AccidentalDelete.\n").empty());
  EXPECT_TRUE(cases_in("a warning of a library\n").empty());
}

}  // namespace
}  // namespace pgrehearse
