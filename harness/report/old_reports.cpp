#include "harness/report/old_reports.hpp"

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/drill/record.hpp"
#include "harness/report/due.hpp"
#include "harness/report/kill_score.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

struct Report {
  fs::path folder;
  RunRecord record;
};

std::vector<Report> reports_in(const fs::path& folder) {
  std::error_code problem;
  fs::recursive_directory_iterator entries{folder, problem};
  if (problem) {
    throw Error{ErrorCode::io, "cannot read the folder of reports: " + problem.message(),
        "--reports names the folder that holds the reports of earlier runs.", folder.string()};
  }
  std::vector<Report> found;
  for (auto entry = begin(entries); entry != end(entries); ++entry) {
    if (entry->is_directory() && entry->path().filename() == "cases") {
      entry.disable_recursion_pending();
    }
    if (entry->path().filename() == "record.json" && entry->is_regular_file()) {
      try {
        found.push_back({entry->path().parent_path(), record_from_json(read_file(entry->path()))});
      } catch (const Error&) {
        continue;  // what cannot be read is nobody's to delete
      }
    }
  }
  std::sort(found.begin(), found.end(),
      [](const Report& left, const Report& right) { return left.record.end < right.record.end; });
  return found;
}

// "" when all that lies in the folder was written by the run.
std::string stranger_in(const Report& report) {
  std::set<std::string> known{
      "record.json", "junit.xml", "drill-record.md", "report.html", "cases"};
  for (const DrillRecord& drill : report.record.drills) {
    for (const EvidenceRecord& evidence : drill.evidence) {
      known.insert(fs::path{evidence.name}.begin()->string());
    }
  }
  for (const fs::directory_entry& entry : fs::directory_iterator{report.folder}) {
    if (entry.is_symlink() || !known.contains(entry.path().filename().string())) {
      return entry.path().filename().string();
    }
  }
  return {};
}

// The folders that hold the last good evidence of some scenario.
std::set<fs::path> last_evidence(const fs::path& folder, const std::vector<Report>& reports) {
  std::set<std::string> scenarios;
  for (const Report& report : reports) {
    for (const DrillRecord& drill : report.record.drills) {
      if (!is_on_trial(drill)) {
        scenarios.insert(drill.scenario);
      }
    }
  }
  std::set<fs::path> folders;
  for (const Evidence& evidence :
      evidence_in(folder, {scenarios.begin(), scenarios.end()}, Timestamp::now()).scenarios) {
    fs::path holder = evidence.record.parent_path();
    // Of a run whose cases had processes of their own, the evidence may be found in one of those.
    for (fs::path above = holder; above != above.root_path() && !above.empty();
         above = above.parent_path()) {
      if (above.filename() == "cases") {
        holder = above.parent_path();
      }
    }
    folders.insert(holder);
  }
  return folders;
}

}  // namespace

OldReports old_reports_in(const fs::path& folder, Timestamp before) {
  const std::vector<Report> reports = reports_in(folder);
  const std::set<fs::path> evidence = last_evidence(folder, reports);
  OldReports old;
  for (const Report& report : reports) {
    // One that never ended says nothing of its age but its begin.
    const std::string& when = report.record.end.empty() ? report.record.begin : report.record.end;
    if (when.empty() || Timestamp::parse(when) >= before) {
      continue;
    }
    if (evidence.contains(report.folder)) {
      old.kept.push_back(report.folder.string() + ": the last good evidence of a scenario");
    } else if (const std::string stranger = stranger_in(report); !stranger.empty()) {
      old.kept.push_back(report.folder.string() + ": holds what no run writes: " + stranger);
    } else {
      old.to_delete.push_back(report.folder);
    }
  }
  return old;
}

void delete_reports(const OldReports& reports) {
  for (const fs::path& folder : reports.to_delete) {
    std::error_code problem;
    fs::remove_all(folder, problem);
    if (problem) {
      throw Error{
          ErrorCode::io, "cannot delete old reports: " + problem.message(), {}, folder.string()};
    }
  }
}

}  // namespace pgrehearse
