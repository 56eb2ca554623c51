// What a record proves. Green must be earned: whatever is missing or broken makes the answer worse.
#include "harness/drill/record.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <string_view>
#include <utility>

namespace pgrehearse {
namespace {

constexpr int status_met = 0;
constexpr int status_missed = 1;
constexpr int status_not_proven = 2;
constexpr int status_leftovers = 3;

// As every shell reports it: 128 and the number of the signal.
constexpr std::array<std::pair<std::string_view, int>, 3> signal_statuses{
    {{"SIGHUP", 128 + SIGHUP}, {"SIGINT", 128 + SIGINT}, {"SIGTERM", 128 + SIGTERM}}};

// A quantity that is only measured asks nothing: nobody said how much is too much.
bool asks(const ObjectiveRecord& objective) {
  return objective.bound_seconds.has_value() || objective.verdict == Verdict::missed;
}

bool did_its_work(const DrillRecord& drill) {
  const bool asked = !drill.findings.empty() ||
                     std::any_of(drill.objectives.begin(), drill.objectives.end(), asks);
  const bool steps_done = std::all_of(drill.steps.begin(), drill.steps.end(),
      [](const StepRecord& step) { return step.outcome == "done"; });
  return drill.status == "finished" && drill.error.empty() && asked && steps_done;
}

}  // namespace

Verdict verdict_of(const DrillRecord& drill) {
  Verdict verdict = worst(drill.verdict, did_its_work(drill) ? Verdict::met : Verdict::unknown);
  for (const Finding& finding : drill.findings) {
    verdict = worst(verdict, finding.verdict);
  }
  for (const ObjectiveRecord& objective : drill.objectives) {
    verdict = worst(verdict, asks(objective) ? objective.verdict : Verdict::met);
  }
  return verdict;
}

Verdict verdict_of(const RunRecord& record) {
  bool asked = false;
  Verdict verdict = Verdict::met;
  for (const DrillRecord& drill : record.drills) {
    if (drill.status != "not applicable") {
      asked = true;
      verdict = worst(verdict, verdict_of(drill));
    }
  }
  return asked ? verdict : Verdict::unknown;
}

int exit_status_of(const RunRecord& record) {
  for (const auto& [name, status] : signal_statuses) {
    if (record.interrupted == name) {
      return status;
    }
  }
  if (!record.leftovers.empty()) {
    return status_leftovers;
  }
  const Verdict verdict = verdict_of(record);
  if (verdict == Verdict::met && record.interrupted.empty()) {
    return status_met;
  }
  return verdict == Verdict::missed ? status_missed : status_not_proven;
}

}  // namespace pgrehearse
