// Record in, report out, byte for byte. After a change on purpose, write the reports anew and look
// at the difference before committing it:
//   PGREHEARSE_WRITE_GOLDEN=1 <this program>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/drill/record.hpp"
#include "harness/report/html.hpp"
#include "harness/report/junit.hpp"
#include "harness/report/markdown.hpp"
#include "harness/report/runbook.hpp"
#include "harness/report/summary.hpp"

namespace pgrehearse {
namespace {

std::filesystem::path in_source(const std::string& path) {
  return std::filesystem::path{PGREHEARSE_SOURCE_DIR} / path;
}

RunRecord record_in(const std::string& path) {
  return record_from_json(read_file(in_source(path)));
}

void expect_golden(const std::string& path, const std::string& rendered) {
  if (std::getenv("PGREHEARSE_WRITE_GOLDEN") != nullptr) {
    write_file(in_source(path), rendered);
  }
  EXPECT_EQ(read_file(in_source(path)), rendered) << path;
}

void expect_golden_of(const std::string& name) {
  const std::string stem = "tests/golden/data/" + name;
  const RunRecord record = record_in(stem + ".record.json");
  expect_golden(stem + ".record.json", to_json(record));
  expect_golden(stem + ".junit.xml", render_junit(record, {.evidence = "reports/out"}));
  expect_golden(stem + ".junit-jenkins.xml",
      render_junit(
          record, {.dialect = JunitDialect::jenkins, .evidence = "/builds/shop/reports/out"}));
  expect_golden(stem + ".drill-record.md", render_markdown(record));
  expect_golden(stem + ".report.html", render_html(record));
  expect_golden(stem + ".summary.txt", render_summary(record, false, "reports/out"));
}

TEST(GoldenReport, OfHostileTextsAndEveryStatus) {
  expect_golden_of("hostile");
}

TEST(GoldenReport, OfARunInWhichNothingRan) {
  expect_golden_of("empty");
}

TEST(GoldenReport, OfAScenarioAsARunbookPage) {
  RunRecord record = record_in("tests/golden/data/hostile.record.json");
  for (DrillRecord& drill : record.drills) {
    drill.scenario = record.drills.front().scenario;
  }
  expect_golden("tests/golden/data/hostile.runbook.md", render_runbook(record));
}

TEST(GoldenReport, RunbookPagesAreOfOneScenarioWithDrills) {
  EXPECT_THROW(
      static_cast<void>(render_runbook(record_in("tests/golden/data/empty.record.json"))), Error);
  RunRecord two = record_in("reports/samples/record.json");
  two.drills.push_back(two.drills.front());
  two.drills.back().scenario = "corruption";
  EXPECT_THROW(static_cast<void>(render_runbook(two)), Error);
}

TEST(GoldenReport, OfTheSampleShownToPeople) {
  const RunRecord record = record_in("reports/samples/record.json");
  expect_golden("reports/samples/record.json", to_json(record));
  expect_golden("reports/samples/junit.xml",
      render_junit(record, {.evidence = "reports/out/" + record.run_id}));
  expect_golden("reports/samples/drill-record.md", render_markdown(record));
  expect_golden("reports/samples/report.html", render_html(record));
  EXPECT_EQ(record.exit_status, exit_status_of(record));
}

}  // namespace
}  // namespace pgrehearse
