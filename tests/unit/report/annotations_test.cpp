#include "harness/report/annotations.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

/// Of a record with these drills only.
std::vector<std::string> annotations_of(std::vector<DrillRecord> drills) {
  RunRecord record;
  record.drills = std::move(drills);
  return lines_of(render_annotations(record));
}

DrillRecord missed() {
  return sample_record().drills.at(1);
}

TEST(Annotations, AreOneForEachRedDrillAtTheLineThatAskedWhatItMissed) {
  const std::vector<std::string> lines = lines_of(render_annotations(sample_record()));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_TRUE(
      lines[0].starts_with("::error file=scenarios/corruption.cpp,line=47,title=Corruption."))
      << lines[0];
  EXPECT_NE(lines[0].find("%3A MISSED::It missed "), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("%0Acontent: expected 6 tables"), std::string::npos) << lines[0];
  EXPECT_NE(lines[1].find(": no object store in a second region is configured"), std::string::npos)
      << lines[1];
}

// A team that wrote no scenario has none of our files.
TEST(Annotations, AreAtTheSubjectWhereTheScenarioIsOfSomebodyElse) {
  const TempDir folder{"annotations"};
  RunRecord record;
  record.drills = {missed()};
  record.drills.front().file = "no-such-folder/corruption.cpp";
  EXPECT_TRUE(render_annotations(record, std::filesystem::current_path() / "db" / "drill.yaml")
                  .starts_with("::error file=db/drill.yaml,title=Corruption."));
  EXPECT_TRUE(render_annotations(record, folder.path() / "drill.yaml")
                  .starts_with("::error title=Corruption."))
      << "GitHub has no file outside of the repository";
  record.drills.front().file = (folder.path() / "corruption.cpp").string();
  write_file(record.drills.front().file, "");
  EXPECT_TRUE(render_annotations(record, "drill.yaml")
                  .starts_with("::error file=" + record.drills.front().file + ",line="));
}

TEST(Annotations, AreNoneOfWhatIsMetOrDoesNotApply) {
  DrillRecord elsewhere;
  elsewhere.status = "not applicable";
  EXPECT_EQ(annotations_of({sample_record().drills.at(0), elsewhere}), std::vector<std::string>{});
}

TEST(Annotations, LetNoValueBeginACommandOrAProperty) {
  DrillRecord drill = missed();
  drill.suite = "A,line=1::b%0A";
  drill.findings = {{.check = "content",
      .expected = "100 %\r\n::add-mask::a",
      .observed = "\n::stop-commands::x",
      .verdict = Verdict::missed}};
  const std::vector<std::string> lines = annotations_of({drill});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_NE(lines[0].find("title=A%2Cline=1%3A%3Ab%250A."), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("100 %25 "), std::string::npos) << lines[0];
  EXPECT_EQ(lines[0].find('\r'), std::string::npos);
}

TEST(Annotations, AreAtMostTenAndTheLastCountsTheRest) {
  const std::vector<std::string> lines = annotations_of(std::vector<DrillRecord>(12, missed()));
  ASSERT_EQ(lines.size(), 10U);
  EXPECT_TRUE(lines[9].starts_with("::error title=Restore drills::3 more")) << lines[9];
  EXPECT_EQ(annotations_of(std::vector<DrillRecord>(10, missed())).back().find("more"),
      std::string::npos);
}

TEST(Annotations, SayWhatIsWrongWithARunWhoseDrillsAreMet) {
  EXPECT_EQ(annotations_of({}),
      std::vector<std::string>{"::error title=Restore drill::Nothing ran, so nothing is proven."});
  RunRecord untidy = sample_record();
  untidy.drills.resize(1);
  EXPECT_EQ(render_annotations(untidy), "");
  untidy.leftovers = {"volume x"};
  EXPECT_NE(render_annotations(untidy).find("to be removed by hand"), std::string::npos);
}

}  // namespace
}  // namespace pgrehearse
