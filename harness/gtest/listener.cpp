#include "harness/gtest/listener.hpp"

#include <algorithm>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/drill/time_left.hpp"
#include "harness/process/interrupt.hpp"

namespace pgrehearse {
namespace {

// What a throw or a GTEST_SKIP left in the test's result: the first line only, it may be long.
std::string first_line_of(const testing::TestResult& result, testing::TestPartResult::Type type) {
  for (int part = 0; part < result.total_part_count(); ++part) {
    if (result.GetTestPartResult(part).type() == type) {
      const auto lines = lines_of(result.GetTestPartResult(part).message());
      return lines.empty() ? "no reason given" : lines.front();
    }
  }
  return {};
}

void conclude(DrillRecord& drill, const testing::TestResult& result) {
  if (drill.status == "not finished") {
    const bool on_trial = drill.suite.ends_with("Sabotage");
    drill.status = result.Skipped()   ? on_trial ? "not applicable" : "skipped"
                   : interrupted_by() ? "interrupted"
                                      : "finished";
  }
  if (result.Skipped()) {
    drill.skip_reason = first_line_of(result, testing::TestPartResult::kSkip);
  }
  drill.verdict = Verdict::unknown;
  if (drill.status != "finished") {
    return;
  }
  for (const Finding& finding : drill.findings) {
    drill.verdict = finding.verdict == Verdict::missed ? Verdict::missed : drill.verdict;
  }
  if (drill.verdict == Verdict::unknown && drill.error.empty() && result.Passed() &&
      !drill.findings.empty()) {
    drill.verdict = Verdict::met;
  }
  // An unanswered question says more than GoogleTest, which only knows that the case failed.
  const bool unanswered = std::any_of(drill.findings.begin(), drill.findings.end(),
      [](const Finding& finding) { return finding.verdict == Verdict::unknown; });
  if (drill.verdict == Verdict::unknown && drill.error.empty() && result.Failed() && !unanswered) {
    const std::string message = first_line_of(result, testing::TestPartResult::kFatalFailure);
    drill.error = message.empty() ? first_line_of(result, testing::TestPartResult::kNonFatalFailure)
                                  : message;
  }
}

}  // namespace

void RecordListener::OnTestIterationStart(const testing::UnitTest& unit_test, int) {
  for (int s = 0; s < unit_test.total_test_suite_count(); ++s) {
    const testing::TestSuite& suite = *unit_test.GetTestSuite(s);
    for (int t = 0; t < suite.total_test_count(); ++t) {
      const testing::TestInfo& test = *suite.GetTestInfo(t);
      if (test.should_run()) {
        DrillRecord drill;
        drill.suite = suite.name();
        drill.test = test.name();
        drill.file = test.file();
        drill.line = test.line();
        run_.record.drills.push_back(drill);
      }
    }
  }
  run_.changed();
}

void RecordListener::OnTestEnd(const testing::TestInfo& info) {
  for (DrillRecord& drill : run_.record.drills) {
    if (drill.suite == info.test_suite_name() && drill.test == info.name()) {
      conclude(drill, *info.result());
    }
  }
  run_.changed();
  tell_time_left();
}

// A case has told its own end; this is for whoever waits for the rest.
void RecordListener::tell_time_left() {
  const std::size_t all = run_.record.drills.size();
  const std::string left = time_left(SteadyTime::now() - began_, ++ended_, all);
  if (!left.empty()) {
    run_.progress.note(fmt::format("{} of {} cases, {}", ended_, all, left));
  }
}

}  // namespace pgrehearse
