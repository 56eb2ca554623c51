// The verbs of a gate: new migrations run on a restored backup, and what they make of it is dumped
// and restored in turn.
#include <fmt/format.h>

#include "harness/backup/pg_dump_tool.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/drill/drill.hpp"
#include "harness/drill/edited_migrations.hpp"
#include "harness/drill/expectation.hpp"
#include "harness/drill/fact_findings.hpp"
#include "harness/drill/migrate.hpp"
#include "harness/drill/questions_change.hpp"
#include "harness/drill/roll_back.hpp"
#include "harness/drill/sql_or_command.hpp"

namespace pgrehearse {
namespace {

// What a migration or a seed can do, as opposed to what the harness could not.
bool is_of_the_change(const Error& error) {
  return error.code() == ErrorCode::query_failed || error.code() == ErrorCode::program_failed ||
         error.code() == ErrorCode::timed_out;
}

Finding same_from_nothing(const Facts& changed, const Facts& fresh) {
  const FactDiff diff = compare(changed, fresh, FactKind::schema);
  Finding finding{.observed = fmt::format("{} only on the restored base, {} only from nothing, {} "
                                          "different",
                      diff.missing.size(), diff.extra.size(), diff.different.size()),
      .verdict = !diff.empty()        ? Verdict::missed
                 : diff.compared == 0 ? Verdict::unknown
                                      : Verdict::met};
  add_details(finding, diff.missing, "is there only on the restored base");
  add_details(finding, diff.extra, "is there only from nothing");
  add_details(finding, diff.different, "differs");
  return finding;
}

}  // namespace

Restored Drill::restore_base(
    const Source& source, const BackupSet& set, const RecoveryTarget& target) {
  dump_volume_ = run_.next_name("dumps");
  run_.engine.create_volume(dump_volume_);
  return restore(source, set, target);
}

SchemaChange Drill::change_schema(Restored& restored, Here here) {
  SchemaChange change{.before = facts_of(restored)};
  Finding finding{.check = "migrations-applied",
      .question = "do the new migrations run on a backup of the base?",
      .expected = "each of them comes to its end",
      .verdict = Verdict::missed};
  try {
    const MigrationOutcome outcome = migrate(run_.subject, hook(restored.cluster, "migrate"));
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
    if (is_of_the_change(error)) {
      finding.observed = error.message();
      finding.details = {error.hint()};
      file(finding, here);
    }
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

Facts Drill::built_from_nothing() {
  instances_.push_back(run_.engine.create({.name = run_.next_name("new"), .initialised = true}));
  Cluster cluster{*instances_.back(), run_.engine.superuser_password()};
  ServerSettings settings = server_settings(run_.subject);
  settings.emplace_back("archive_mode", "off");
  cluster.write_settings(settings);
  cluster.start();
  const std::string& database = run_.subject.database;
  cluster.connect().exec("CREATE DATABASE " + identifier(database));
  static_cast<void>(migrate(run_.subject, hook(cluster, "migrate")));
  apply(run_.subject.seed, run_.subject, hook(cluster, "seed"));
  Session session = cluster.connect(database);
  create_commit_table(session, {});
  return capture_facts(
      [&](const std::string& name) { return cluster.connect(name); }, {}, Reading::without_content);
}

void Drill::expect_same_from_nothing(const SchemaChange& change, Here here) {
  Finding finding;
  try {
    finding = same_from_nothing(change.after.baseline, built_from_nothing());
  } catch (const Error& error) {
    if (!is_of_the_change(error)) {
      throw;
    }
    finding.observed = error.message();
    finding.verdict = Verdict::missed;
    finding.details = {error.hint()};
  }
  finding.check = "from-nothing";
  finding.question =
      "do all migrations and the seed, from nothing, make what the new ones make of a base?";
  finding.expected = "the same definitions";
  file(finding, here);
}

void Drill::expect_unedited_migrations(Here here) {
  if (!run_.base || run_.base->migrate.command || run_.subject.migrate.command) {
    return;
  }
  const std::vector<std::string> edited = edited_migrations(*run_.base, run_.subject);
  Finding finding{.check = "migrations-unedited",
      .question = "are the migrations of the base there as the base has them?",
      .expected = "none is edited, none is gone",
      .observed = edited.empty() ? "none is" : fmt::format("{} edited or gone", edited.size()),
      .verdict = edited.empty() ? Verdict::met : Verdict::missed};
  add_details(finding, edited, "since the base");
  file(finding, here);
}

void Drill::expect_base_back(
    Restored& changed, const SchemaChange& change, const Source& source, Here here) {
  if (const std::string why = why_no_rollback(run_.subject, change.versions); !why.empty()) {
    record_.facts["rollback"] = "not asked: " + why;
    return;
  }
  expect(changed, gives_the_base_back(change, run_, source), here);
}

}  // namespace pgrehearse
