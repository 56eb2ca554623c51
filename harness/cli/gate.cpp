#include "harness/cli/gate.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/cli/run_reports.hpp"
#include "harness/cli/side_by_side.hpp"
#include "harness/cli/suites.hpp"
#include "harness/drill/golden_backup.hpp"
#include "harness/engine/run_scope.hpp"
#include "harness/project/history.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view cases_of_a_gate =
    "SchemaChange.*:AccidentalDelete.RowsDeletedWithoutWhereComeBack";
constexpr std::string_view cases_of_releases = "GoldenBackups.*";

// As CIs name the branch that a pull request goes to: with the remote before it, but for a commit.
constexpr std::array<std::pair<const char*, const char*>, 3> targets{
    {{"GITHUB_BASE_REF", "origin/"}, {"CI_MERGE_REQUEST_DIFF_BASE_SHA", ""},
        {"CHANGE_TARGET", "origin/"}}};

std::string target_branch() {
  for (const auto& [variable, remote] : targets) {
    const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): no other threads
    if (value != nullptr && *value != '\0') {
      return std::string{remote} + value;
    }
  }
  throw Error{ErrorCode::bad_config, "a gate needs the git ref that the change starts from",
      "Give it with --base, as in --base origin/main.", "--base"};
}

// Folders and files that the gate looks at. A command may read anything beside drill.yaml.
std::vector<fs::path> looked_at(const RunRequest& request, const Subject& subject) {
  if (subject.migrate.command || subject.seed.command) {
    return {subject.folder};
  }
  std::vector<fs::path> paths{request.subject};
  if (subject.golden) {
    paths.push_back(subject.golden->path);
  }
  if (!subject.migrate.directory.empty()) {
    paths.push_back(subject.folder / subject.migrate.directory);
  }
  paths.insert(paths.end(), subject.seed.files.begin(), subject.seed.files.end());
  return paths;
}

// In words that a process for one of the cases understands as well: it is told to run. A filter of
// somebody's own wins over what drill.yaml leaves out.
void narrow_to_gate(RunRequest& gate, const Subject& subject) {
  constexpr std::string_view option = "--gtest_filter=";
  const std::string all = subject.golden ? fmt::format("{}:{}", cases_of_a_gate, cases_of_releases)
                                         : std::string{cases_of_a_gate};
  gate.filter = all;
  std::string filter = without(narrowed("*", all), gate.leave_out);
  std::erase_if(gate.gtest_arguments, [&](const std::string& argument) {
    const bool filters = argument.starts_with(option);
    filter = filters ? narrowed(argument.substr(option.size()), all) : filter;
    return filters;
  });
  gate.gtest_arguments.push_back(std::string{option} + filter);
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  const fs::path way = path.lexically_relative(folder);
  return !way.empty() && *way.begin() != "..";
}

std::vector<fs::path> changes_that_matter(const RunRequest& request, const Subject& subject) {
  const History history{subject.folder};
  std::vector<fs::path> changed = history.changed_since(history.base_of(request.base));
  std::vector<fs::path> looked_at_here;
  for (const fs::path& path : looked_at(request, subject)) {
    looked_at_here.push_back(
        fs::weakly_canonical(path).lexically_relative(fs::canonical(history.root())));
  }
  std::erase_if(changed, [&](const fs::path& path) {
    return std::none_of(looked_at_here.begin(), looked_at_here.end(),
        [&](const fs::path& place) { return place == "." || lies_in(path, place); });
  });
  return changed;
}

// A required check that never reports would block the change for ever.
int report_nothing_to_do(const RunRequest& request) {
  const std::string run_id = new_run_id();
  RunRecord record = begun_record(request, run_id);
  ReportWriter writer = report_writer(request, run_id);
  DrillRecord drill;
  drill.suite = "Gate";
  drill.test = "HasNothingToDo";
  drill.scenario = "schema-change";
  drill.subject = load_subject(request.subject).name;
  drill.status = "finished";
  drill.verdict = Verdict::met;
  drill.begin = drill.end = record.begin;
  drill.findings.push_back({.check = "affected",
      .question = "has anything changed that the gate looks at?",
      .expected = "drill.yaml, migrations and seed are those of the base",
      .observed = "they are",
      .verdict = Verdict::met});
  drill.finding_lines.push_back(0);
  record.drills.push_back(drill);
  return conclude(record, writer, request);
}

}  // namespace

int run_gate(const RunRequest& request) {
  RunRequest gate = request;
  const Subject subject = subject_of(gate);
  narrow_to_gate(gate, subject);
  if (gate.base.empty()) {
    gate.base = target_branch();
    gate.flags.push_back("--base=" + gate.base);
  }
  if (only_lists(gate)) {
    return run_as_asked(gate);
  }
  if (!gate.options.keep_golden.empty()) {
    demand_room_for(subject, gate.options.keep_golden);
  }
  const std::vector<fs::path> changed = changes_that_matter(gate, subject);
  for (const fs::path& path : changed) {
    fmt::print(gate.told(), "changed since {}: {}\n", gate.base, path.string());
  }
  if (gate.only_affected && changed.empty()) {
    return report_nothing_to_do(gate);
  }
  return run_as_asked(gate);
}

}  // namespace pgrehearse
