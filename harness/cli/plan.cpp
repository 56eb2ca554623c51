#include "harness/cli/plan.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/kebab_case.hpp"
#include "harness/cli/case_process.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/host_check.hpp"
#include "harness/cli/plan_own_backup.hpp"
#include "harness/cli/plan_steps.hpp"
#include "harness/cli/suites.hpp"
#include "harness/drill/backup_plan.hpp"
#include "harness/drill/migration_files.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/run_scope.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

void line(std::string_view what, const std::string& how) {
  fmt::print("  {:<10} {}\n", what, how);
}

std::string migrations_of(const Subject& subject) {
  const MigrateSpec& spec = subject.migrate;
  if (spec.command) {
    return fmt::format("by command, {}; twice, the second run must change nothing",
        spec.command->argv.back().substr(0, 60));
  }
  if (spec.directory.empty()) {
    return "none";
  }
  return fmt::format("{} files of {} in {}'s format; twice, the second run must change nothing",
      migration_files(subject.folder / spec.directory, spec.format).size(),
      spec.directory.filename().string(), name_of(spec.format));
}

std::string seed_of(const Subject& subject) {
  if (subject.seed.command) {
    return "by command";
  }
  return fmt::format("{} texts, {} files, at scale {}", subject.seed.sql.size(),
      subject.seed.files.size(), subject.scale);
}

std::string backup_of(const BackupToolProperties& tool) {
  return fmt::format("{}: {}, {}{}", tool.name,
      tool.physical ? "base backups" : "dumps of one database",
      tool.point_in_time ? "and WAL, archived all the time" : "and no WAL",
      tool.uses_witness_archive ? "" : "; it restores from its own copy");
}

// Of the first engine that answers; asking starts nothing that stays.
const EngineState* engine_for(const RunRequest& request, const std::vector<EngineState>& states) {
  const auto found = std::find_if(states.begin(), states.end(), [&](const EngineState& state) {
    return state.usable && (request.engine == "auto" || request.engine == state.name);
  });
  return found == states.end() ? nullptr : &*found;
}

std::string workload_of(const RunRequest& request, const Subject& subject) {
  return fmt::format("{} clients commit {} times, through {}", subject.workload.writers,
      request.options.commits, subject.traffic.pooled ? "PgBouncer" : "the server's own port");
}

bool is_of_own_backup(const CaseName& name) {
  return kebab_case(name.suite) == "own-backup";
}

void print_steps(const std::vector<CaseName>& cases, const Subject& subject) {
  std::set<std::string> scenarios;
  for (const CaseName& name : cases) {
    scenarios.insert(kebab_case(name.suite));
  }
  for (const std::string& scenario : scenarios) {
    fmt::print("steps of {}, on servers of its own\n", scenario);
    int number = 0;
    for (const std::string& step : steps_of(scenario)) {
      fmt::print("  {}. {}\n", ++number, step);
    }
    if (number == 0) {
      fmt::print("  as its cases have them\n");
    }
  }
  fmt::print(
      "  '...' differs from case to case, and some cases have more steps. Then each asks its\n"
      "  checks, {} of drill.yaml among them, and removes everything that was made.\n",
      subject.checks.size());
}

void print_cases(const std::vector<CaseName>& cases, const RunRequest& request) {
  std::map<std::string, std::vector<std::string>> by_suite;
  for (const CaseName& name : cases) {
    by_suite[name.suite].push_back(name.test);
  }
  fmt::print("cases\n");
  for (const auto& [suite, tests] : by_suite) {
    fmt::print("  {}\n", suite);
    for (const std::string& test : tests) {
      fmt::print("    {}\n", test);
    }
  }
  if (!request.leave_out.empty()) {
    fmt::print("left out by drill.yaml\n");
    for (const auto& [name, reason] : request.leave_out) {
      fmt::print("  {} ({})\n", name, reason);
    }
  }
}

HostCheck room(std::int64_t own_backup) {
  fs::path there = state_dir();
  std::error_code ignored;
  while (!fs::exists(there, ignored) && there != there.parent_path()) {
    there = there.parent_path();
  }
  return disk_check(
      there.string(), fs::space(there).available, static_cast<std::uintmax_t>(own_backup));
}

}  // namespace

int plan_run(const RunRequest& request) {
  start_googletest(request);
  const Subject subject = subject_of(request);
  const auto tool = make_backup_tool(backup_tool_of(subject), {});
  const std::vector<EngineState> states = engines_here({.engine = request.engine,
      .image = request.image.empty() ? subject.postgres.image : request.image,
      .cluster = {}});
  const EngineState* engine = engine_for(request, states);
  const std::vector<CaseName> cases = selected_cases(request);

  fmt::print("a run would\n");
  line("drill", fmt::format("{}, database {}, of {}", subject.name, subject.database,
                    request.subject.string()));
  line("engine", engine == nullptr ? "NONE that works: 'pgrehearse doctor' says why"
                                   : fmt::format("{}: {}", engine->name, engine->detail));
  if (engine == nullptr || engine->name != "local") {
    const std::string& image = request.image.empty() ? subject.postgres.image : request.image;
    line("image", image.empty() ? "the engine's choice" : image);
  }
  if (!std::all_of(cases.begin(), cases.end(), is_of_own_backup)) {
    line("migrate", migrations_of(subject));
    line("seed", seed_of(subject));
    line("backup", backup_of(tool->properties()));
    line("workload", workload_of(request, subject));
  }
  OwnBackupPlan own{.found = true};
  if (subject.artifact && std::any_of(cases.begin(), cases.end(), is_of_own_backup)) {
    own = plan_of_own_backup(subject);
    for (const auto& [what, how] : own.lines) {
      line(what, how);
    }
  }
  const HostCheck disk = room(own.bytes);
  line("disk", disk.detail);
  line(
      "reports", request.report_dir.empty() ? "reports/out/<run-id>" : request.report_dir.string());
  print_steps(cases, subject);
  print_cases(cases, request);
  return engine != nullptr && disk.state == HostState::good && own.found ? exit_met
                                                                         : exit_not_proven;
}

}  // namespace pgrehearse
