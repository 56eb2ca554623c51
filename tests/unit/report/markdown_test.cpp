#include "harness/report/markdown.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "harness/base/text.hpp"
#include "harness/report/markdown_text.hpp"
#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

bool has_line(const std::string& text, const std::string& wanted) {
  const std::vector<std::string> lines = lines_of(text);
  return std::find(lines.begin(), lines.end(), wanted) != lines.end();
}

// Bars that end a cell: those without a backslash before them.
std::size_t bars_in(const std::string& line) {
  std::size_t bars = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1U : 0U;
  }
  return bars;
}

TEST(Markdown, EscapesWhatWouldBeMarkup) {
  EXPECT_EQ(
      md_text("a|b *c* `d` [e](f) _g_ pg_wal"), "a\\|b \\*c\\* \\`d\\` \\[e\\](f) \\_g\\_ pg_wal");
  EXPECT_EQ(md_text("<b>&amp;"), "&lt;b&gt;&amp;amp;");
  EXPECT_EQ(md_text("# x"), "\\# x");
  EXPECT_EQ(md_text("- x\n- y"), "\\- x - y");
  EXPECT_EQ(md_text("12. x"), "12\\. x");
  EXPECT_EQ(md_cell("a\nb|c"), "a<br>b\\|c");
  EXPECT_EQ(md_cell(" \n"), "-");
  EXPECT_EQ(md_code("a`b|c"), "`a'b\\|c`");
}

TEST(Markdown, SaysTheVerdictFirst) {
  EXPECT_EQ(render_markdown(sample_record()).rfind("# MISSED", 0), 0U);
  EXPECT_EQ(render_markdown(empty_record()).rfind("# NOT PROVEN", 0), 0U);
  RunRecord met = sample_record();
  met.drills.resize(1);
  EXPECT_EQ(render_markdown(met).rfind("# MET", 0), 0U);
}

TEST(Markdown, FillsTheFieldsAnAuditorLooksFor) {
  const std::string text = render_markdown(sample_record());
  for (const char* field : {"Date (UTC)", "Primary operator", "Secondary reviewer", "Environment",
           "Backup file", "Recovery target type", "Target time (UTC)", "Start time (UTC)",
           "End time (UTC)", "Duration (minutes)", "RTO target (minutes)", "RTO achieved (minutes)",
           "RPO target (minutes)", "RPO achieved (minutes)", "### Steps followed",
           "### Validation results", "### Issues encountered", "### Follow-up actions"}) {
    EXPECT_NE(text.find(field), std::string::npos) << field;
  }
  EXPECT_NE(text.find("| RTO target (minutes) | 120 |"), std::string::npos);
  EXPECT_NE(text.find("| RTO achieved (minutes) | 0.15 (9 s) | steady clock"), std::string::npos);
  EXPECT_NE(text.find("| RTO achieved (minutes) | not achieved |"), std::string::npos);
  EXPECT_NE(text.find("| **lost** | 12 |"), std::string::npos);
  EXPECT_TRUE(has_line(text, "| **whole** | **9** | **100 %** |"));
}

TEST(Markdown, PrintsNotMeasuredForANumberWithoutASource) {
  RunRecord record = sample_record();
  record.drills.resize(1);
  record.drills[0].objectives[0].realized.source.clear();
  record.drills[0].ledger.reset();
  const std::string text = render_markdown(record);
  EXPECT_NE(text.find("| RPO achieved (minutes) | NOT MEASURED |"), std::string::npos);
  EXPECT_NE(text.find("NOT MEASURED: the drill kept no ledger"), std::string::npos);
}

TEST(Markdown, AdmitsWhenThePhasesAreNotTheWhole) {
  const std::string text = render_markdown(hostile_record());
  EXPECT_NE(text.find("The phases sum to 9 s, the realized RTO is 10.25 s"), std::string::npos);
  EXPECT_EQ(render_markdown(sample_record()).find("The phases sum to"), std::string::npos);
}

TEST(Markdown, HasTablesThatNoTextCanBreak) {
  const std::vector<std::string> lines = lines_of(render_markdown(hostile_record()));
  std::size_t bars = 0;
  for (const std::string& line : lines) {
    if (line.empty() || line.front() != '|') {
      bars = 0;
      continue;
    }
    bars = bars == 0 ? bars_in(line) : bars;
    EXPECT_EQ(bars_in(line), bars) << line;
  }
  for (const std::string& line : lines) {
    EXPECT_EQ(line.find("<script"), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace pgrehearse
