// The verbs of a drill of the team's own runbook: its commands run where nothing leads out.
#include <algorithm>

#include <fmt/format.h>

#include "harness/backup/pg_dump_tool.hpp"
#include "harness/backup/tool_cannot.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/drill/drill.hpp"
#include "harness/drill/runbook_host.hpp"
#include "harness/process/wait.hpp"
#include "harness/runbook/plan.hpp"

namespace pgrehearse {
namespace {

std::string name_of(const RunbookStep& step, const Subject& subject) {
  const std::string file = subject.runbook->path.filename();
  return step.heading.empty() ? fmt::format("{}:{}", file, step.line)
                              : fmt::format("{}:{} ({})", file, step.line, step.heading);
}

Finding completion() {
  return {.check = "restore-completed",
      .question = "does the team's runbook come to its end?",
      .expected = "each of its marked blocks exits 0, and a server runs then",
      .verdict = Verdict::missed};
}

// One that waits for somebody to look will not go on by itself.
std::string why_not_over(const Cluster& cluster) {
  Session session = cluster.connect();
  if (session.value("SELECT pg_is_in_recovery()") == "f") {
    return {};
  }
  if (session.value("SELECT pg_get_wal_replay_pause_state()") != "not paused") {
    throw Error{ErrorCode::recovery_failed, "the server waits at its target, and takes no writes"};
  }
  return "still replaying";
}

}  // namespace

BackupSet Drill::offer_to_runbook(Source& source, const BackupSet& set) {
  if (run_.subject.runbook->loads_a_dump) {
    PgDumpTool tool{source.volumes().backups, {}};
    return tool.take(
        source.cluster(), {.id = "dump-at-the-marker", .database = run_.subject.database});
  }
  if (!source.tool().properties().uses_witness_archive) {
    throw ToolCannot{ErrorCode::refused,
        fmt::format("a runbook cannot read what {} keeps", source.tool().properties().name),
        "A drill of a runbook takes its backup with pg_basebackup: leave this case out, or say so "
        "in 'backup'; one that loads a dump says 'runbook.backup: dump'."};
  }
  return set;
}

Restored Drill::prepare_runbook(const Source& source) {
  if (!run_.engine.properties().quarantines) {
    throw Error{ErrorCode::refused, "this engine cannot keep a runbook from reaching out",
        "What its commands know of other systems they would try there. Use a container engine, or "
        "run as root."};
  }
  chronicle_.begin_phase("provision");
  const bool loads = run_.subject.runbook->loads_a_dump;
  instances_.push_back(run_.engine.create({.name = run_.next_name("restored"),
      .initialised = loads,
      .volumes = {{source.volumes().backups, true}, {source.volumes().archive, true}},
      .quarantined = true}));
  Restored restored{.cluster = Cluster{*instances_.back(), run_.engine.superuser_password()},
      .target = Immediate{},
      .loaded = loads};
  if (loads) {
    ServerSettings settings = restored_settings(run_.subject);
    settings.emplace_back("archive_mode", "off");
    restored.cluster.write_settings(settings);
    restored.cluster.start();
  }
  return restored;
}

Restored Drill::follow_runbook(
    const Source& source, const BackupSet& set, const Marker& marker, Here here) {
  chronicle_.note_now("restore begins");
  begin_archive_listing(source, set);
  const RunbookPlan plan = plan_of(runbook_in(read_file(run_.subject.runbook->path)));
  Restored restored =
      step("Make an empty host for the runbook", [&] { return prepare_runbook(source); });
  restored.target = to(marker);
  settle_archive_listing();
  RunbookHost host{restored.cluster, run_.subject.database,
      restored.loaded ? dump_for_runbook(restored.cluster, set)
                      : base_backup_for_runbook(restored.cluster, source, set, marker)};
  Finding finding = completion();
  const auto stop = [&](const std::string& observed, Verdict verdict) {
    finding.observed = observed;
    finding.verdict = verdict;
    file(finding, here);
    note_restore(RestoreOutcome::failed);
    throw Error{
        ErrorCode::program_failed, observed, "Run that block by hand where nothing is lost."};
  };
  chronicle_.begin_phase("unpack");
  if (plan.steps.empty()) {
    step(
        "Run the runbook",
        [&] {
          stop(fmt::format("none of its {} commands is marked to be run", plan.commands),
              Verdict::unknown);
        },
        here);
  }
  for (const RunbookStep& block : plan.steps) {
    const std::string name = name_of(block, run_.subject);
    step(
        "Run " + name,
        [&] {
          const Completed ended = host.run(block);
          if (!ended.ok()) {
            stop(fmt::format("{} {}; it wrote {} lines to standard error", name,
                     ended.timed_out ? "did not come to its end"
                                     : fmt::format("ended with status {}", ended.status),
                     lines_of(ended.err).size()),
                Verdict::missed);
          }
        },
        here);
  }
  record_.facts["runbook"] = fmt::format("{} of {} commands ran, in {} blocks",
      plan.commands_to_run(), plan.commands, plan.steps.size());
  step("See whether a server runs now, out of recovery", [&] {
    if (!restored.cluster.is_running()) {
      stop("every block exits 0, and no server runs in PGDATA", Verdict::missed);
    }
    try {
      wait_until(
          "the recovery of the runbook to end", Seconds{600}, [&]() -> std::optional<std::string> {
            const std::string why = why_not_over(restored.cluster);
            return why.empty() ? std::nullopt : std::optional{why};
          });
      restored.serving = true;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted) {
        throw;
      }
      restored.trouble = error.message();
    }
  });
  finding.observed = record_.facts["runbook"];
  finding.verdict = Verdict::met;
  file(finding, here);
  chronicle_.begin_phase("verify");
  note_restore(restored.serving ? RestoreOutcome::worked : RestoreOutcome::failed);
  if (restored.loaded) {
    record_.recovery = RecoveryRecord{.target = "the snapshot of " + set.id, .ending = "loaded"};
    return restored;
  }
  restored.ending = recovery_ending_of(restored.cluster.log());
  restored.control = control_data_of(restored.cluster.control_data_text());
  note_requests(restored, {});
  record_recovery(restored, set.timeline);
  return restored;
}

}  // namespace pgrehearse
