#include "harness/cli/verbs.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/fixture.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/host_check.hpp"
#include "harness/cli/run_reports.hpp"
#include "harness/cli/stored_history.hpp"
#include "harness/cli/suites.hpp"
#include "harness/drill/embedded.hpp"
#include "harness/drill/record.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/sweep.hpp"
#include "harness/report/due.hpp"
#include "harness/report/html.hpp"
#include "harness/report/junit.hpp"
#include "harness/report/kill_table.hpp"
#include "harness/report/markdown.hpp"
#include "harness/report/metrics.hpp"
#include "harness/report/runbook.hpp"
#include "harness/report/summary.hpp"

namespace pgrehearse {

int list_scenarios() {
  for (const bool sabotages : {false, true}) {
    for (const SuiteEntry& entry : suites_here()) {
      if (entry.sabotage == sabotages) {
        fmt::print("{}{}\n", entry.scenario, sabotages ? " (sabotages, run by prove)" : "");
        for (const std::string& test : entry.cases) {
          fmt::print("  {}.{}\n", entry.suite, test);
        }
      }
    }
  }
  return exit_met;
}

int sweep_leftovers(const std::string& run_id) {
  const SweepResult result = sweep({.only_run = run_id, .kept_too = !run_id.empty()});
  for (const Owned& thing : result.removed) {
    fmt::print("removed {} {} of run {}\n", thing.kind, thing.name, thing.run_id);
  }
  for (const Owned& thing : result.left) {
    fmt::print(stderr, "could not remove {} {} of run {}\n", thing.kind, thing.name, thing.run_id);
  }
  fmt::print("{} removed, {} left\n", result.removed.size(), result.left.size());
  return result.left.empty() ? exit_met : exit_leftovers;
}

int render_record(const std::filesystem::path& file, const std::string& form) {
  const RunRecord record = record_from_json(read_file(file));
  const auto in_form = [&](std::string_view name) { return form == name; };
  const auto junit = [&](JunitDialect dialect) {
    return render_junit(record, junit_form(dialect, std::filesystem::absolute(file).parent_path()));
  };
  const std::string text = in_form("junit")        ? junit(JunitDialect::superset)
                           : in_form("jenkins")    ? junit(JunitDialect::jenkins)
                           : in_form("markdown")   ? render_markdown(record)
                           : in_form("html")       ? render_html(record)
                           : in_form("runbook")    ? render_runbook(record)
                           : in_form("kills")      ? render_kill_table(record)
                           : in_form("prometheus") ? render_prometheus(record)
                           : in_form("otlp")       ? render_otlp(record)
                                                   : render_summary(record, false);
  fmt::print("{}", text);
  return exit_met;
}

int tell_what_is_due(
    const std::string& reports, const std::string& every, const std::string& scenario) {
  const Milliseconds allowed = parse_duration(every);
  std::vector<std::string> scenarios;
  for (const SuiteEntry& entry : suites_here()) {
    if (!entry.sabotage && (scenario.empty() || scenario == entry.scenario)) {
      scenarios.push_back(entry.scenario);
    }
  }
  if (scenarios.empty()) {
    static_cast<void>(filter_for(scenario, false));  // throws, naming the nearest
  }
  const Timestamp now = Timestamp::now();
  const ReportsHere here{reports};
  const EvidenceFolder found = evidence_in(here.folder(), scenarios, now);
  bool all_there = true;
  bool all_young = true;
  for (const Evidence& evidence : found.scenarios) {
    if (!evidence.end) {
      fmt::print("NONE     {:<18} no run of it was ever met here\n", evidence.scenario);
      all_there = false;
      continue;
    }
    const bool young = now - *evidence.end <= allowed;
    const std::string said = evidence.not_applicable.empty()
                                 ? fmt::format("{} cases met", evidence.cases)
                                 : "not applicable, " + evidence.not_applicable;
    fmt::print("{:<8} {:<18} {} ago, {}: {}\n", young ? "RECENT" : "OVERDUE", evidence.scenario,
        readable(now - *evidence.end), said, here.name_of(evidence.record));
    all_young = all_young && young;
  }
  if (!found.unread.empty()) {
    fmt::print(stderr, "warning: {} of another version or no records at all, the first: {}\n",
        found.unread.size(), here.name_of(found.unread.front()));
  }
  return !all_young ? exit_missed : all_there ? exit_met : exit_not_proven;
}

int examine_host(const std::string& image, const std::string& subject) {
  fmt::print("pgrehearse {} on {}\n", tool_version(), host_description());
  bool any = false;
  for (const EngineState& state : engines_here({.image = image})) {
    fmt::print("{:<15} {:<4} {}\n", state.name, state.usable ? "yes" : "no", state.detail);
    any = any || state.usable;
  }
  bool all = true;
  for (const HostCheck& check : host_checks(load_subject(subject_file(subject)))) {
    fmt::print("{}", text_of(check));
    all = all && check.state != HostState::missing;
  }
  if (!any) {
    fmt::print("No engine works here. HINT: ci/packages installs what is missing.\n");
  }
  return any && all ? exit_met : exit_not_proven;
}

int print_schema(const std::string& which) {
  fmt::print("{}", which == "record" ? embedded_record_schema : embedded_drill_schema);
  return exit_met;
}

}  // namespace pgrehearse
