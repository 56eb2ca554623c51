#include "harness/gtest/scenario.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

void fail_at_scenario_line(const Finding& finding, Here here) {
  if (finding.verdict == Verdict::met) {
    return;
  }
  std::string text = fmt::format("{} is {}: {}\n  expected: {}\n  observed: {}", finding.check,
      name_of(finding.verdict), finding.question, finding.expected, finding.observed);
  for (const std::string& detail : finding.details) {
    text += "\n  - " + detail;
  }
  ADD_FAILURE_AT(here.file, here.line) << text;
}

}  // namespace

pgrehearse::Run& Scenario::run() {
  if (run_ == nullptr) {
    throw Error{
        ErrorCode::internal, "no run was begun", "Scenarios run through the program pgrehearse."};
  }
  return *run_;
}

DrillRecord& Scenario::record() {
  const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
  std::vector<DrillRecord>& drills = run().record.drills;
  const auto found = std::find_if(drills.begin(), drills.end(), [&](const DrillRecord& drill) {
    return drill.suite == info->test_suite_name() && drill.test == info->name();
  });
  if (found == drills.end()) {
    throw Error{ErrorCode::internal, "this test case has no record"};
  }
  return *found;
}

std::string Scenario::lacking(const std::string& section) {
  record().status = "not applicable";
  return fmt::format("drill.yaml has no '{}'", section);
}

Drill Scenario::begin(const std::string& scenario) {
  return Drill{run(), record(), scenario, fail_at_scenario_line};
}

Drill Scenario::begin_unjudged(const std::string& scenario, DrillRecord& record) {
  record.suite = Scenario::record().suite;
  record.test = Scenario::record().test;
  return Drill{run(), record, scenario, {}};
}

}  // namespace pgrehearse
