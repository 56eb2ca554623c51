#include "harness/cli/run_verb.hpp"

#include <cstdio>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/suites.hpp"
#include "harness/drill/backup_plan.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/sweep.hpp"
#include "harness/engine/watchdog.hpp"
#include "harness/gtest/listener.hpp"
#include "harness/gtest/scenario.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/run.hpp"
#include "harness/report/report_writer.hpp"
#include "harness/report/summary.hpp"
#include "harness/traffic/pgbouncer.hpp"

namespace pgrehearse {
namespace {

void start_googletest(const RunRequest& request) {
  std::vector<std::string> arguments{"pgrehearse", "--gtest_filter=" + request.filter};
  arguments.insert(arguments.end(), request.gtest_arguments.begin(), request.gtest_arguments.end());
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) {
    pointers.push_back(argument.data());
  }
  int count = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  testing::InitGoogleTest(&count, pointers.data());
  if (count > 1) {
    throw Error{ErrorCode::bad_config, fmt::format("GoogleTest does not know '{}'", pointers[1]),
        "pgrehearse run --help lists the options; GoogleTest's own begin with --gtest_."};
  }
  testing::GTEST_FLAG(filter) = narrowed(testing::GTEST_FLAG(filter), request.filter);
}

Subject subject_of(const RunRequest& request) {
  Subject subject = load_subject(request.subject);
  try {
    static_cast<void>(make_backup_tool(backup_tool_of(subject), {}));
  } catch (const Error& error) {
    throw Error{error.code(), error.message(), error.hint(), request.subject.string() + ": backup"};
  }
  if (subject.postgres.version != 15) {
    throw Error{ErrorCode::bad_config,
        fmt::format("Postgres {} cannot be drilled", subject.postgres.version),
        "15 is the only major version so far.", request.subject.string() + ": postgres.version"};
  }
  subject.workload.writers = request.writers.value_or(subject.workload.writers);
  subject.scale = request.scale.value_or(subject.scale);
  subject.traffic.pooled = request.pooled.value_or(subject.traffic.pooled);
  subject.seed_number = request.seed.value_or(subject.seed_number);
  return subject;
}

void print_settings(const RunRecord& record) {
  // A line each: why it is not an engine before this one can take half a screen.
  fmt::print("run {} on {}\n", record.run_id, record.engine);
  for (const std::string& reason : split(record.engine_reason, ';')) {
    fmt::print("  {}\n", trimmed(reason));
  }
  for (const SettingRecord& setting : record.settings) {
    fmt::print("  {:<14} {:<24} {}\n", setting.name, setting.value, setting.source);
  }
}

void sweep_dead_runs() {
  for (const Owned& thing : sweep().removed) {
    fmt::print("swept {} {} of dead run {}\n", thing.kind, thing.name, thing.run_id);
  }
}

void remove_everything(Engine& engine, RunRecord& record) {
  const RemovalScope uninterrupted;
  try {
    engine.remove_run();
  } catch (const Error& error) {
    record.leftovers.push_back(error.message());
  }
}

void print_kill_score(const RunRecord& record) {
  std::size_t killed = 0;
  std::size_t sabotages = 0;
  for (const DrillRecord& drill : record.drills) {
    for (const Finding& finding : drill.findings) {
      sabotages += finding.check == "sabotage" ? 1 : 0;
      killed += finding.check == "sabotage" && finding.verdict == Verdict::met ? 1 : 0;
    }
  }
  fmt::print("kill score: {}/{}\n", killed, sabotages);
}

// Tests run only when asked to: listing them must not need an engine.
bool only_lists(const RunRequest& request) {
  for (const std::string& argument : request.gtest_arguments) {
    if (argument.starts_with("--gtest_list_tests")) {
      return true;
    }
  }
  return false;
}

int conclude(RunRecord& record, ReportWriter& writer, const RunRequest& request,
    const std::filesystem::path& folder) {
  record.end = Timestamp::now().text();
  if (const std::optional<int> signal = interrupted_by()) {
    record.interrupted = signal_name(*signal);
  }
  record.exit_status = exit_status_of(record);
  writer.write(record);
  fmt::print("\n{}", render_summary(record, request.colour, folder.string()));
  if (request.sabotages) {
    print_kill_score(record);
  }
  return record.exit_status;
}

}  // namespace

int run_drills(const RunRequest& request) {
  start_googletest(request);
  if (only_lists(request)) {
    return RUN_ALL_TESTS();
  }
  const Subject subject = subject_of(request);
  catch_interrupts();
  sweep_dead_runs();

  // The watchdog first: from the journal on, whatever ends this process leaves nothing behind.
  const std::string run_id = new_run_id();
  const Watchdog watchdog{run_id};
  RunJournal journal{run_id};
  mark_children(run_id);
  const std::filesystem::path folder = request.report_dir.empty()
                                           ? std::filesystem::path{"reports/out"} / journal.run_id()
                                           : request.report_dir;
  RunRecord record;
  record.run_id = journal.run_id();
  record.tool_version = tool_version();
  record.begin = Timestamp::now().text();
  record.host = host_description();
  record.operator_name = operator_name();
  record.settings = request.settings;
  ReportWriter writer{folder, request.dialect};
  writer.write(record);

  Progress progress{stdout, request.live};
  try {
    const EngineChoice choice =
        make_engine({.engine = request.engine,
                        .image = request.image.empty() ? subject.postgres.image : request.image,
                        .cluster = {.settings = std::string{settings_include}}},
            journal);
    const EngineProperties& properties = choice.engine->properties();
    record.engine = properties.name + " " + properties.version;
    record.engine_reason = choice.why;
    record.server_version = properties.server_version;
    print_settings(record);
    if (subject.traffic.pooled) {
      static_cast<void>(pgbouncer_program());  // before anything is made that would need it
    }
    if (subject.backup.tool != BackupToolConfig{}.tool) {
      demand_usable(*make_backup_tool(backup_tool_of(subject), {}), *choice.engine);
    }
    Run run{.journal = journal,
        .engine = *choice.engine,
        .subject = subject,
        .options = request.options,
        .artifacts = folder,
        .progress = progress,
        .record = record,
        .changed = [&] { writer.update(record); }};
    Scenario::belongs_to(&run);
    testing::TestEventListeners& listeners = testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
    auto* listener = new RecordListener{run};  // GoogleTest owns and deletes it
    listeners.Append(listener);
    // The record decides: GoogleTest 1.12 returns 0 when nothing ran or everything was skipped.
    [[maybe_unused]] const int googletest_says = RUN_ALL_TESTS();
    delete listeners.Release(listener);
    Scenario::belongs_to(nullptr);
    if (!request.options.keep) {
      remove_everything(*choice.engine, record);
    }
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    DrillRecord unfinished;
    unfinished.suite = "Run";
    unfinished.test = "Begins";
    unfinished.scenario = "run";
    unfinished.status = "finished";
    unfinished.error = error.message();
    record.drills.push_back(unfinished);
  }
  return conclude(record, writer, request, folder);
}

}  // namespace pgrehearse
