// The verbs of a gate: new migrations run on a restored backup, and what they make of it is dumped
// and restored in turn.
#include <fmt/format.h>

#include "harness/backup/pg_dump_tool.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/drill/drill.hpp"
#include "harness/drill/expectation.hpp"
#include "harness/drill/fact_findings.hpp"
#include "harness/drill/migrate.hpp"

namespace pgrehearse {

Restored Drill::restore_base(
    const Source& source, const BackupSet& set, const RecoveryTarget& target) {
  dump_volume_ = run_.next_name("dumps");
  run_.engine.create_volume(dump_volume_);
  return restore(source, set, target);
}

SchemaChange Drill::change_schema(Restored& restored, const Source& source, Here here) {
  SchemaChange change{.before = facts_of(restored)};
  Finding finding{.check = "migrations-applied",
      .question = "do the new migrations run on a backup of the base?",
      .expected = "each of them comes to its end",
      .verdict = Verdict::missed};
  try {
    const MigrationOutcome outcome =
        migrate(run_.subject, source.hook(restored.cluster, "migrate"));
    change.versions = outcome.versions;
    finding.observed =
        outcome.by_command
            ? "the command succeeded"
            : fmt::format("{} new, {} there already{}{}", outcome.applied, outcome.skipped,
                  outcome.applied == 0 ? "" : ": ", joined(outcome.versions, ", "));
    finding.verdict = Verdict::met;
    record_.facts["new migrations"] =
        outcome.by_command ? "by command" : fmt::format("{}", outcome.applied);
    file(finding, here);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::query_failed && error.code() != ErrorCode::program_failed &&
        error.code() != ErrorCode::timed_out) {
      throw;
    }
    finding.observed = error.message();
    finding.details = {error.hint()};
    file(finding, here);
    throw;
  }
  restored.facts.reset();
  change.after.baseline =
      capture_facts([&](const std::string& database) { return restored.cluster.connect(database); },
          {}, Reading::refreshed);
  Session session = restored.cluster.connect(run_.subject.database);
  for (const CheckSpec& check : run_.subject.checks) {
    if (parse_expectation(check.expect).operand == Operand::baseline) {
      change.after.check_values[check.id] = session.value(check.sql);
    }
  }
  return change;
}

Restored Drill::dump_and_load(Restored& changed, Here here) {
  PgDumpTool tool{dump_volume_, {}};
  const BackupSet set =
      tool.take(changed.cluster, {.id = "after-change", .database = run_.subject.database});
  file(output_finding("backup-output", set.complaints), here);
  Finding finding{.check = "restore-completed",
      .question = "does a dump of the result restore to its end?",
      .expected = "every statement of it succeeds",
      .observed = "it does",
      .verdict = Verdict::met};
  try {
    Restored loaded = load_set(tool, set, changed.target);
    file(finding, here);
    return loaded;
  } catch (const Error& error) {
    note_failed_restore(error);
    if (error.code() == ErrorCode::program_failed) {
      finding.observed = error.message();
      finding.verdict = Verdict::missed;
      finding.details = {error.hint()};
      file(finding, here);
    }
    throw;
  }
}

}  // namespace pgrehearse
