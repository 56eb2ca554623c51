#include "harness/report/due.hpp"

#include <algorithm>
#include <system_error>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/drill/record.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

// How many cases of the scenario were met; 0 when there was none or one of them was not.
int met_cases(const RunRecord& record, const std::string& scenario) {
  int met = 0;
  for (const DrillRecord& drill : record.drills) {
    if (drill.scenario == scenario && drill.on_trial.empty() &&
        !drill.suite.ends_with("Sabotage")) {
      if (verdict_of(drill) != Verdict::met) {
        return 0;
      }
      ++met;
    }
  }
  return met;
}

void consider(const RunRecord& record, const fs::path& file, Timestamp now, Evidence& evidence) {
  const int met = met_cases(record, evidence.scenario);
  if (met == 0 || record.end.empty() || !record.interrupted.empty()) {
    return;
  }
  const Timestamp end = Timestamp::parse(record.end);
  if (end <= now && (!evidence.end || *evidence.end < end)) {
    evidence.end = end;
    evidence.record = file;
    evidence.cases = met;
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
