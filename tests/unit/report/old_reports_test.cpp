#include "harness/report/old_reports.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

class OldReportsIn : public testing::Test {
 protected:
  /// A run of one scenario that ended on a day of 2025.
  void run(const std::string& name, const std::string& day, bool met = true) {
    RunRecord record = sample_record();
    record.drills.resize(1);
    record.drills[0].evidence = {{"restored.server.log", std::string(64, '0'), 1}};
    record.end = "2025-" + day + "T03:00:00.000000Z";
    if (!met) {
      record.drills[0].findings[0].verdict = Verdict::missed;
    }
    std::filesystem::create_directories(folder_.path() / name);
    write_file(folder_.path() / name / "record.json", to_json(record));
    write_file(folder_.path() / name / "restored.server.log", "x");
  }
  [[nodiscard]] OldReports old() const {
    return old_reports_in(folder_.path(), Timestamp::parse("2025-06-01T00:00:00Z"));
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const std::filesystem::path& path : old().to_delete) {
      found.push_back(path.filename().string());
    }
    return found;
  }

  TempDir folder_{"old-reports"};
};

TEST_F(OldReportsIn, AreThoseOfRunsThatEndedBefore) {
  run("second", "02-01");
  run("first", "01-01", false);
  run("young", "07-01");
  EXPECT_EQ(names(), (std::vector<std::string>{"first", "second"}));
  delete_reports(old());
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "first"));
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "young" / "record.json"));
  EXPECT_TRUE(names().empty());
}

TEST_F(OldReportsIn, LeaveTheLastGoodEvidenceHoweverOldItIs) {
  run("good", "01-01");
  run("red", "02-01", false);
  run("red-and-young", "07-01", false);
  EXPECT_EQ(names(), std::vector<std::string>{"red"});
  ASSERT_EQ(old().kept.size(), 1U);
  EXPECT_NE(old().kept[0].find("good: the last good evidence"), std::string::npos);
}

TEST_F(OldReportsIn, LeaveWhatNoRunHasWritten) {
  run("old", "01-01");
  run("young", "07-01");
  write_file(folder_.path() / "old" / "thesis.txt", "mine");
  EXPECT_TRUE(names().empty());
  EXPECT_NE(old().kept.at(0).find("thesis.txt"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "old" / "thesis.txt"));
}

TEST_F(OldReportsIn, LeaveWhatCannotBeRead) {
  run("young", "07-01");
  std::filesystem::create_directories(folder_.path() / "other");
  write_file(folder_.path() / "other" / "record.json", "{}");
  EXPECT_TRUE(names().empty());
  EXPECT_THROW(static_cast<void>(old_reports_in(folder_.path() / "none", Timestamp::now())), Error);
}

}  // namespace
}  // namespace pgrehearse
