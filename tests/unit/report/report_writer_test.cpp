#include "harness/report/report_writer.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

ErrorCode code_of(const std::filesystem::path& folder) {
  try {
    const ReportWriter writer{folder};
  } catch (const Error& error) {
    EXPECT_FALSE(error.hint().empty());
    return error.code();
  }
  return ErrorCode::internal;
}

TEST(ReportWriter, LeavesItsReportsAndNothingElse) {
  const TempDir parent{"report"};
  const std::filesystem::path folder = parent.path() / "new" / "out";
  { ReportWriter{folder}.write(sample_record()); }
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names,
      (std::vector<std::string>{"drill-record.md", "junit.xml", "record.json", "report.html"}));
  EXPECT_EQ(read_file(folder / "record.json"), to_json(sample_record()));
}

TEST(ReportWriter, RefusesAFolderWithTheRecordOfAnotherRun) {
  const TempDir folder{"report"};
  { ReportWriter{folder.path()}.write(sample_record()); }
  const std::string before = read_file(folder.path() / "record.json");
  EXPECT_EQ(code_of(folder.path()), ErrorCode::refused);
  EXPECT_EQ(read_file(folder.path() / "record.json"), before);
}

TEST(ReportWriter, RefusesAFolderThatHoldsAnythingElse) {
  const TempDir folder{"report"};
  write_file(folder.path() / "notes.txt", "mine");
  EXPECT_EQ(code_of(folder.path()), ErrorCode::refused);
  EXPECT_EQ(read_file(folder.path() / "notes.txt"), "mine");
}

TEST(ReportWriter, RefusesAFolderThatAnotherRunIsUsing) {
  const TempDir folder{"report"};
  ReportWriter first{folder.path()};
  EXPECT_EQ(code_of(folder.path()), ErrorCode::refused);
  first.write(sample_record());
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "junit.xml"));
}

TEST(ReportWriter, NeverReplacesAReportByAPoorerOne) {
  const TempDir folder{"report"};
  ReportWriter writer{folder.path()};
  writer.write(sample_record());
  RunRecord poorer = sample_record();
  poorer.drills.clear();
  EXPECT_THROW(writer.write(poorer), Error);
  RunRecord other = sample_record();
  other.run_id = "another";
  EXPECT_THROW(writer.write(other), Error);
  EXPECT_EQ(read_file(folder.path() / "record.json"), to_json(sample_record()));
}

// A run writes after every change; killed after any of them, it leaves a report of all selected
// cases.
TEST(ReportWriter, IsTruthfulAfterEveryChange) {
  const TempDir folder{"report"};
  ReportWriter writer{folder.path()};
  const RunRecord whole = hostile_record();
  RunRecord growing = whole;
  const std::filesystem::path junit = folder.path() / "junit.xml";
  for (DrillRecord& drill : growing.drills) {
    drill = DrillRecord{.scenario = drill.scenario,
        .suite = drill.suite,
        .test = drill.test,
        .file = drill.file,
        .line = drill.line,
        .subject = {}};
  }
  for (std::size_t finished = 0; finished <= whole.drills.size(); ++finished) {
    if (finished > 0) {
      growing.drills[finished - 1] = whole.drills[finished - 1];
    }
    writer.write(growing);
    ASSERT_EQ(program({"xmllint", "--noout", "--schema",
                          source_path("reports/schema/junit.xsd").string(), junit.string()})
                  .status,
        0)
        << "after change " << finished;
    const std::string cases = std::to_string(whole.drills.size() + 1);  // one for the leftovers
    EXPECT_EQ(xpath(junit, "count(//testcase)"), cases);
    std::size_t not_finished = 0;
    for (const DrillRecord& drill : growing.drills) {
      not_finished += drill.status == "not finished" ? 1U : 0U;
    }
    EXPECT_EQ(
        xpath(junit, "count(//error[@type='drill.not-finished'])"), std::to_string(not_finished));
    const RunRecord read = record_from_json(read_file(folder.path() / "record.json"));
    EXPECT_EQ(read.drills.size(), whole.drills.size());
  }
}

}  // namespace
}  // namespace pgrehearse
