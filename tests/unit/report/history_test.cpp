#include "harness/report/history.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/report/history_text.hpp"
#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

/// Run `day` of a case that is met, whose replay took so long.
RunRecord run_on(int day, double replay, double verify = 1) {
  RunRecord record = sample_record();
  record.drills.resize(1);
  record.run_id = fmt::format("run-{:02}", day);
  record.end = fmt::format("2026-11-{:02}T03:00:00.000000Z", day);
  DrillRecord& drill = record.drills[0];
  drill.phases = {{"replay", replay}, {"verify", verify}};
  for (ObjectiveRecord& objective : drill.objectives) {
    if (objective.name == "rto") {
      objective.realized.value = replay + verify;
    }
  }
  return record;
}

std::vector<RunRecord> runs_of(const std::vector<double>& replays) {
  std::vector<RunRecord> runs;
  runs.reserve(replays.size());
  for (const double replay : replays) {
    runs.push_back(run_on(static_cast<int>(runs.size()) + 1, replay));
  }
  return runs;
}

std::vector<std::string> slower_in(const std::vector<RunRecord>& runs) {
  const History history = history_of(runs);
  std::vector<std::string> names;
  names.reserve(history.slower.size());
  for (const Slower& slower : history.slower) {
    names.push_back(slower.what);
  }
  return names;
}

TEST(History, CallsOutThePhaseThatBecameSlower) {
  const std::vector<RunRecord> runs = runs_of({2, 2.1, 1.9, 2, 2.05, 5});
  EXPECT_EQ(slower_in(runs), (std::vector<std::string>{"phase replay", "rto"}));
  const Slower slower = history_of(runs).slower[0];
  EXPECT_EQ(slower.name, "AccidentalDelete.RowsComeBackAsTheyWereJustBeforeTheMistake");
  EXPECT_DOUBLE_EQ(slower.usual, 2);
  EXPECT_DOUBLE_EQ(slower.seconds, 5);
}

TEST(History, TakesNoiseForNoise) {
  EXPECT_TRUE(slower_in(runs_of({2, 2.1, 1.9, 2, 2.05, 2.2})).empty());
  EXPECT_TRUE(slower_in(runs_of({1, 3, 2, 1.5, 2.5, 3.9})).empty());
  EXPECT_TRUE(slower_in(runs_of({0.01, 0.01, 0.01, 0.01, 0.01, 0.2})).empty());
  EXPECT_TRUE(slower_in(runs_of({5, 5, 5, 5, 5, 1})).empty());
}

TEST(History, NeedsFiveRunsToCompareWith) {
  EXPECT_TRUE(slower_in(runs_of({2, 2, 2, 2, 9})).empty());
  EXPECT_FALSE(slower_in(runs_of({2, 2, 2, 2, 2, 9})).empty());
}

TEST(History, LooksAtTheOrderOfTheRunsAndNotAtThatOfTheFiles) {
  std::vector<RunRecord> runs = runs_of({2, 2, 2, 2, 2, 9});
  std::swap(runs.front(), runs.back());
  EXPECT_FALSE(slower_in(runs).empty());
  runs.push_back(run_on(28, 2));
  EXPECT_TRUE(slower_in(runs).empty());
}

TEST(History, ComparesNeitherOtherEnginesNorRunsThatWereNotMet) {
  std::vector<RunRecord> runs = runs_of({2, 2, 2, 2, 2, 9});
  runs.back().engine = "local 15.20";
  EXPECT_TRUE(slower_in(runs).empty());
  EXPECT_EQ(history_of(runs).cases.size(), 2U);
  runs = runs_of({2, 2, 2, 2, 2, 9});
  runs.back().drills[0].findings[0].verdict = Verdict::missed;
  EXPECT_TRUE(slower_in(runs).empty());
}

TEST(History, LeavesOutTrialsAndRunsThatHaveNotEnded) {
  std::vector<RunRecord> runs = runs_of({2, 2});
  runs[0].end.clear();
  runs[1].drills[0].on_trial = "content";
  EXPECT_TRUE(history_of(runs).cases.empty());
  EXPECT_EQ(history_of(runs).runs, 0U);
}

TEST(History, IsReadFromAFolderButNotFromTheCasesOfARun) {
  const TempDir folder{"history"};
  for (const char* name : {"a", "b/c", "a/cases/One.Two"}) {
    std::filesystem::create_directories(folder.path() / name);
    write_file(folder.path() / name / "record.json", to_json(run_on(1, 2)));
  }
  write_file(folder.path() / "b/record.json", "{}");
  const History history = history_in(folder.path());
  ASSERT_EQ(history.cases.size(), 1U);
  EXPECT_EQ(history.cases[0].points.size(), 2U);
  EXPECT_EQ(history.unread.size(), 1U);
  EXPECT_THROW(static_cast<void>(history_in(folder.path() / "none")), Error);
}

TEST(History, IsToldByPhaseWithTheUsualBesideTheNewest) {
  const History history = history_of(runs_of({2, 2.1, 1.9, 2, 2.05, 5}));
  const std::string markdown = history_as_markdown(history);
  EXPECT_EQ(markdown.rfind("# 1 of 1 cases is slower than usual.", 0), 0U);
  EXPECT_NE(markdown.find("phase replay took 5 s, usually 2 s"), std::string::npos);
  EXPECT_NE(markdown.find("| phase replay | 5 s | 2 s | **slower** |"), std::string::npos);
  EXPECT_NE(markdown.find("| phase verify | 1 s | 1 s |  |"), std::string::npos);
  const std::string html = history_as_html(history);
  EXPECT_NE(html.find("<svg class=\"trend\""), std::string::npos);
  EXPECT_NE(html.find("slower</span>"), std::string::npos);
  EXPECT_NE(history_as_html(history_of({})).find("no history"), std::string::npos);
}

}  // namespace
}  // namespace pgrehearse
