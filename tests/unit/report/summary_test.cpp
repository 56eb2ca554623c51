#include "harness/report/summary.hpp"

#include <gtest/gtest.h>

#include "harness/base/text.hpp"
#include "harness/report/xml_text.hpp"
#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

TEST(Summary, HasALineForEveryDrill) {
  const std::string text = render_summary(sample_record(), false);
  EXPECT_EQ(text.rfind("MET        AccidentalDelete.RowsComeBackAsTheyWereJustBeforeTheMistake\n"
                       "           RTO 9 s  RPO 0 s  lost 0\n",
                0),
      0U);
  EXPECT_NE(text.find("MISSED     Corruption.DamagedPagesAreFoundAndReplaced\n"
                      "           RTO not achieved  RPO 1.75 s  lost 12\n"),
      std::string::npos);
  EXPECT_NE(text.find("NOT PROVEN RegionalOutage"), std::string::npos);
}

TEST(Summary, SaysOfASabotageWhereItsDrillWentRed) {
  RunRecord record = sample_record();
  record.drills.resize(1);
  record.drills[0].findings = {
      {.check = "sabotage", .observed = "missed: roles", .verdict = Verdict::met}};
  const std::string text = render_summary(record, false);
  EXPECT_NE(text.find("missed: roles\n"), std::string::npos);
  EXPECT_EQ(text.find("RTO"), std::string::npos);
}

TEST(Summary, ShowsWhatIsMissedAndWhere) {
  const std::string text = render_summary(sample_record(), false, "out");
  EXPECT_NE(text.find("at scenarios/corruption.cpp:48\n"), std::string::npos);
  EXPECT_NE(text.find("- public.audit_log: 12 rows missing, 0 extra\n"), std::string::npos);
  EXPECT_NE(
      text.find("\nreports: out/report.html\n         out/drill-record.md\n         out/junit.xml\n"
                "         out/record.json\n"),
      std::string::npos);
}

TEST(Summary, SaysWhenNothingRan) {
  EXPECT_NE(
      render_summary(empty_record(), false).find("NOT PROVEN nothing ran"), std::string::npos);
}

TEST(Summary, ColoursNothingButVerdicts) {
  const std::string plain = render_summary(hostile_record(), false);
  const std::string coloured = render_summary(hostile_record(), true);
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  EXPECT_NE(coloured.find("\x1b[1;31mMISSED"), std::string::npos);
  EXPECT_EQ(plain_text(coloured), plain);
}

// All but names and paths, which a terminal's user wants to copy whole.
TEST(Summary, FitsEightyColumns) {
  for (const RunRecord& record : {sample_record(), hostile_record(), empty_record()}) {
    for (const std::string& line : lines_of(render_summary(record, false, "reports/out/x"))) {
      const bool one_word = trimmed(line).find(' ') == std::string_view::npos;
      EXPECT_TRUE(line.size() <= 80 || one_word) << line;
    }
  }
}

TEST(Summary, PutsShortNamesAndTheirNumbersOnOneLine) {
  RunRecord record = sample_record();
  record.drills[0].test = "RowsComeBack";
  EXPECT_EQ(render_summary(record, false)
                .rfind("MET        AccidentalDelete.RowsComeBack  RTO 9 s  RPO 0 s  lost 0\n", 0),
      0U);
}

TEST(Summary, CutsLongLists) {
  RunRecord record = sample_record();
  record.drills[1].findings[1].details.assign(25, "a table");
  EXPECT_NE(
      render_summary(record, false).find("- and 15 more, see drill-record.md"), std::string::npos);
}

}  // namespace
}  // namespace pgrehearse
