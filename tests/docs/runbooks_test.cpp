// The pages of docs/runbooks/ are made of records of real runs. They must be of today's scenarios:
// every case of each, and no other, and each was met.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/process/companion.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path{PGREHEARSE_SOURCE_DIR} / "docs/runbooks";
constexpr const char* remedy =
    "\nHINT: pgrehearse run --scenario NAME, then pgrehearse render RECORD --form runbook";

/// Scenario to its cases, as the program lists them; sabotages are no runbooks.
std::map<std::string, std::set<std::string>> cases_of_scenarios() {
  const Completed listed =
      run({.argv = {companion("pgrehearse").string(), "list"}, .deadline = Seconds{60}});
  std::map<std::string, std::set<std::string>> cases;
  std::string scenario;
  for (const std::string& line : lines_of(listed.out)) {
    if (!line.starts_with("  ")) {
      scenario = line.find(' ') == std::string::npos ? line : "";
    } else if (!scenario.empty()) {
      cases[scenario].insert(std::string{trimmed(line)});
    }
  }
  return cases;
}

std::set<std::string> cases_in(const std::string& page) {
  constexpr std::string_view before = "Case `";
  std::set<std::string> cases;
  for (const std::string& line : lines_of(page)) {
    if (line.starts_with(before)) {
      cases.insert(line.substr(before.size(), line.find('`', before.size()) - before.size()));
    }
  }
  return cases;
}

TEST(Runbooks, HaveEveryCaseOfEveryScenarioAndNoOther) {
  const std::map<std::string, std::set<std::string>> scenarios = cases_of_scenarios();
  ASSERT_GE(scenarios.size(), 4U);
  for (const auto& [scenario, cases] : scenarios) {
    const fs::path page = folder / (scenario + ".md");
    ASSERT_TRUE(fs::exists(page)) << page << remedy;
    EXPECT_EQ(cases_in(read_file(page)), cases) << page << remedy;
  }
  for (const fs::directory_entry& page : fs::directory_iterator{folder}) {
    EXPECT_EQ(scenarios.count(page.path().stem().string()), 1U) << page << " is of no scenario";
  }
}

TEST(Runbooks, ShowRunsThatWereMet) {
  for (const fs::directory_entry& page : fs::directory_iterator{folder}) {
    const std::string text = read_file(page.path());
    EXPECT_NE(text.find("| MET |"), std::string::npos) << page;
    EXPECT_EQ(text.find("MISSED"), std::string::npos) << page;
    EXPECT_EQ(text.find("NOT PROVEN"), std::string::npos) << page;
  }
}

}  // namespace
}  // namespace pgrehearse
