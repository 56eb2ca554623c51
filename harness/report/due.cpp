#include "harness/report/due.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/kebab_case.hpp"
#include "harness/drill/record.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

// A case that did not apply never said what scenario it is of.
std::string scenario_of(const DrillRecord& drill) {
  return drill.scenario.empty() ? kebab_case(drill.suite) : drill.scenario;
}

// What a run says of the scenario: how many cases were met, or why none applies. Neither when one
// was not met, and when it says nothing.
Evidence evidence_of(const RunRecord& record, const std::string& scenario) {
  Evidence evidence{.scenario = scenario};
  for (const DrillRecord& drill : record.drills) {
    if (scenario_of(drill) != scenario || !drill.on_trial.empty() ||
        drill.suite.ends_with("Sabotage")) {
      continue;
    }
    if (drill.status == "not applicable") {
      evidence.not_applicable = drill.skip_reason;
    } else if (verdict_of(drill) == Verdict::met) {
      ++evidence.cases;
    } else {
      return {.scenario = scenario};
    }
  }
  if (evidence.cases > 0) {
    evidence.not_applicable.clear();
  }
  return evidence;
}

void consider(const RunRecord& record, const fs::path& file, Timestamp now, Evidence& evidence) {
  Evidence newer = evidence_of(record, evidence.scenario);
  if ((newer.cases == 0 && newer.not_applicable.empty()) || record.end.empty() ||
      !record.interrupted.empty()) {
    return;
  }
  const Timestamp end = Timestamp::parse(record.end);
  if (end <= now && (!evidence.end || *evidence.end < end)) {
    newer.end = end;
    newer.record = file;
    evidence = std::move(newer);
  }
}

}  // namespace

EvidenceFolder evidence_in(
    const fs::path& folder, const std::vector<std::string>& scenarios, Timestamp now) {
  std::error_code problem;
  fs::recursive_directory_iterator entries{folder, problem};
  if (problem) {
    throw Error{ErrorCode::io, "cannot read the folder of reports: " + problem.message(),
        "--reports names the folder that holds the reports of earlier runs.", folder.string()};
  }
  EvidenceFolder found;
  for (const std::string& scenario : scenarios) {
    found.scenarios.push_back({.scenario = scenario});
  }
  for (const fs::directory_entry& entry : entries) {
    if (entry.path().filename() != "record.json") {
      continue;
    }
    try {
      const RunRecord record = record_from_json(read_file(entry.path()));
      for (Evidence& evidence : found.scenarios) {
        consider(record, entry.path(), now, evidence);
      }
    } catch (const Error&) {
      found.unread.push_back(entry.path());
    }
  }
  std::sort(found.unread.begin(), found.unread.end());
  return found;
}

}  // namespace pgrehearse
