#include "harness/cli/run_reports.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/notify.hpp"
#include "harness/cli/proof.hpp"
#include "harness/cli/suites.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/report/annotations.hpp"
#include "harness/report/kill_score.hpp"
#include "harness/report/summary.hpp"

namespace pgrehearse {

namespace {

namespace fs = std::filesystem;

// Cases of the same kind that this run leaves out.
std::vector<std::string> cases_but_those_of(const RunRecord& record, const RunRequest& request) {
  std::vector<std::string> left_out;
  for (const SuiteEntry& suite : suites_here()) {
    for (const std::string& test : suite.cases) {
      const bool selected =
          std::any_of(record.drills.begin(), record.drills.end(), [&](const DrillRecord& drill) {
            return drill.suite == suite.suite && drill.test == test;
          });
      if (suite.sabotage == request.sabotages && !selected) {
        const std::string name = suite.suite + "." + test;
        const std::string reason = reason_to_leave_out(name, request.leave_out);
        left_out.push_back(reason.empty() ? name : fmt::format("{} ({})", name, reason));
      }
    }
  }
  return left_out;
}

// Only a trial that went to its end says anything about the rest.
void file_proof(RunRecord& record, const RunRequest& request) {
  record.proof = proof_of(record, proof_key(request, record.engine));
  if (request.whole_trial && record.interrupted.empty()) {
    keep_proof(record);
  }
}

// Its runner reads annotations from the output of a step.
bool on_github() {
  const char* actions =
      std::getenv("GITHUB_ACTIONS");  // NOLINT(concurrency-mt-unsafe): no other threads
  return actions != nullptr && std::string_view{actions} == "true";
}

}  // namespace

JunitForm junit_form(JunitDialect dialect, const fs::path& folder) {
  const char* checkout =
      std::getenv("CI_PROJECT_DIR");  // NOLINT(concurrency-mt-unsafe): no other threads
  return {.dialect = dialect,
      .evidence = evidence_folder(fs::absolute(folder), dialect,
          {fs::path{checkout == nullptr ? "" : checkout}, fs::current_path()})};
}

ReportWriter report_writer(const RunRequest& request, const std::string& run_id) {
  const fs::path folder =
      request.report_dir.empty() ? fs::path{"reports/out"} / run_id : request.report_dir;
  return ReportWriter{folder, junit_form(request.dialect, folder)};
}

RunRecord begun_record(const RunRequest& request, const std::string& run_id) {
  RunRecord record;
  record.run_id = run_id;
  record.tool_version = tool_version();
  record.begin = Timestamp::now().text();
  record.host = host_description();
  record.operator_name = operator_name();
  record.settings = request.settings;
  record.not_selected = cases_but_those_of(record, request);  // all, until it has ended
  return record;
}

void print_settings(const RunRecord& record, std::FILE* out) {
  // A line each: why it is not an engine before this one can take half a screen.
  fmt::print(out, "run {} on {}\n", record.run_id, record.engine);
  for (const std::string& reason : split(record.engine_reason, ';')) {
    fmt::print(out, "  {}\n", trimmed(reason));
  }
  for (const SettingRecord& setting : record.settings) {
    fmt::print(out, "  {:<17} {:<24} {}\n", setting.name, setting.value, setting.source);
  }
}

void add_unfinished_begin(RunRecord& record, const std::string& error) {
  DrillRecord unfinished;
  unfinished.suite = "Run";
  unfinished.test = "Begins";
  unfinished.scenario = "run";
  unfinished.status = "finished";
  unfinished.error = error;
  record.drills.push_back(unfinished);
}

int conclude(RunRecord& record, ReportWriter& writer, const RunRequest& request) {
  record.end = Timestamp::now().text();
  if (const std::optional<int> signal = interrupted_by()) {
    record.interrupted = signal_name(*signal);
  }
  record.not_selected = cases_but_those_of(record, request);
  record.exit_status = exit_status_of(record);
  if (request.sabotages) {
    try {
      file_proof(record, request);
    } catch (const Error& error) {
      fmt::print(stderr, "warning: this trial is not remembered: {}\n", error.what());
    }
  }
  writer.write(record);
  tell_others(record, request);
  if (request.json) {
    fmt::print("{}", to_json(record));
  }
  fmt::print(
      request.told(), "\n{}", render_summary(record, request.colour, writer.folder().string()));
  if (request.sabotages) {
    fmt::print(request.told(), "\n{}", text_of(kill_score_of(record)));
  }
  if (on_github()) {
    fmt::print(request.told(), "{}", render_annotations(record, request.subject));
  }
  return record.exit_status;
}

}  // namespace pgrehearse
