#include "harness/cli/plan_steps.hpp"

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

/// The steps of the first case on a page of docs/runbooks: "4. INCIDENT: ... (0.299 s)".
std::vector<std::string> steps_on(const fs::path& page) {
  std::vector<std::string> steps;
  for (const std::string& line : lines_of(read_file(page))) {
    const std::string number = std::to_string(steps.size() + 1) + ". ";
    if (line.starts_with(number)) {
      steps.push_back(line.substr(number.size(), line.rfind(" (") - number.size()));
    } else if (!steps.empty()) {
      break;
    }
  }
  return steps;
}

bool is_step(const std::string& outlined, const std::string& ran) {
  return outlined.ends_with("...") ? ran.starts_with(outlined.substr(0, outlined.size() - 3))
                                   : ran == outlined;
}

TEST(PlanSteps, AreThoseOfTheRunThatEachScenariosPageIsMadeOf) {
  std::size_t pages = 0;
  for (const fs::directory_entry& page :
      fs::directory_iterator{fs::path{PGREHEARSE_SOURCE_DIR} / "docs/runbooks"}) {
    std::vector<std::string> ran = steps_on(page.path());
    // A runbook has a step for each of its blocks.
    ran.erase(std::unique(ran.begin(), ran.end(),
                  [](const std::string& one, const std::string& other) {
                    return one.starts_with("Run runbook.md") && other.starts_with("Run runbook.md");
                  }),
        ran.end());
    const std::vector<std::string>& outlined = steps_of(page.path().stem().string());
    ASSERT_FALSE(outlined.empty()) << page << " is of a scenario without an outline";
    EXPECT_TRUE(std::equal(outlined.begin(), outlined.end(), ran.begin(), ran.end(), is_step))
        << page << "\n"
        << joined(outlined, "\n") << "\nbut it ran\n"
        << joined(ran, "\n");
    ++pages;
  }
  EXPECT_GE(pages, 9U);
}

TEST(PlanSteps, AreUnknownOfAScenarioThatIsNotOurs) {
  EXPECT_TRUE(steps_of("cleanup-script").empty());
}

}  // namespace
}  // namespace pgrehearse
