#include "harness/cli/run_verb.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/cli/base_subject.hpp"
#include "harness/cli/proof.hpp"
#include "harness/cli/run_reports.hpp"
#include "harness/drill/backup_plan.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/sweep.hpp"
#include "harness/engine/watchdog.hpp"
#include "harness/gtest/listener.hpp"
#include "harness/gtest/scenario.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/run.hpp"
#include "harness/process/spawn.hpp"
#include "harness/traffic/pgbouncer.hpp"

namespace pgrehearse {
namespace {

void remove_everything(Engine& engine, RunRecord& record) {
  const RemovalScope uninterrupted;
  try {
    engine.remove_run();
  } catch (const Error& error) {
    record.leftovers.push_back(error.message());
  }
}

}  // namespace

void sweep_dead_runs(std::FILE* told) {
  for (const Owned& thing : sweep().removed) {
    fmt::print(told, "swept {} {} of dead run {}\n", thing.kind, thing.name, thing.run_id);
  }
}

int run_drills(const RunRequest& request) {
  start_googletest(request);
  if (only_lists(request)) {
    return RUN_ALL_TESTS();
  }
  const Subject subject = subject_of(request);
  catch_interrupts();
  if (!request.is_part) {
    sweep_dead_runs(request.told());
  }

  // The watchdog first: from the journal on, whatever ends this process leaves nothing behind.
  const std::string run_id = new_run_id();
  const Watchdog watchdog{run_id};
  RunJournal journal{run_id};
  mark_children(run_id);
  withhold_from_children("PGREHEARSE_SIGNING_KEY");  // no migration needs it
  RunRecord record = begun_record(request, run_id);
  ReportWriter writer = report_writer(request, run_id);
  writer.write(record);

  Progress progress{request.told(), request.live};
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
    if (!request.sabotages) {
      record.proof = find_proof(proof_key(request, record.engine), request.proof);
    }
    print_settings(record, request.told());
    if (subject.traffic.pooled) {
      static_cast<void>(pgbouncer_program());  // before anything is made that would need it
    }
    if (subject.backup.tool != BackupToolConfig{}.tool) {
      demand_usable(*make_backup_tool(backup_tool_of(subject), {}), *choice.engine);
    }
    Run run{.journal = journal,
        .engine = *choice.engine,
        .subject = subject,
        .base = subject_at_base(request, subject, journal),
        .options = request.options,
        .artifacts = writer.folder(),
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
    add_unfinished_begin(record, error.message());
  }
  return conclude(record, writer, request);
}

}  // namespace pgrehearse
