#include "harness/drill/migrate.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "harness/pg/sqlstate.hpp"

namespace pgrehearse {
namespace {

/// Which migrations have been applied. Ours lies beside the application's own tables.
struct LedgerTable {
  std::string make;
  std::string name;
};

LedgerTable ledger_table(MigrationFormat format) {
  if (format == MigrationFormat::dbmate) {
    return {"CREATE TABLE IF NOT EXISTS public.schema_migrations (version varchar PRIMARY KEY)",
        "public.schema_migrations"};
  }
  return {
      "CREATE SCHEMA IF NOT EXISTS pgrehearse; "
      "CREATE TABLE IF NOT EXISTS pgrehearse.migrations (version text PRIMARY KEY)",
      "pgrehearse.migrations"};
}

std::set<std::string> ledger_of(Session& session, const LedgerTable& table) {
  // Told apart first: IF NOT EXISTS would leave a notice in the server's log.
  if (session.value("SELECT to_regclass(" + literal(table.name) + ") IS NULL") == "t") {
    session.exec(table.make);
  }
  std::set<std::string> versions;
  for (const Row& row : session.exec("SELECT version FROM " + table.name)) {
    versions.insert(row.at(0).value_or(""));
  }
  return versions;
}

void refuse_strangers(
    const std::set<std::string>& ledger, const std::vector<MigrationFile>& migrations) {
  for (const std::string& version : ledger) {
    const bool known =
        std::any_of(migrations.begin(), migrations.end(), [&](const MigrationFile& migration) {
          return migration.version == version || ran_before_as(migration, version);
        });
    if (!known) {
      throw Error{ErrorCode::bad_config,
          fmt::format(
              "the database has migration {}, and there is no file of that version", version),
          "The database is ahead of the folder of migrations: was a file renamed or removed?"};
    }
  }
}

void apply(
    Session& session, const MigrationFile& migration, const LedgerTable& table, int applied) {
  const UpSection up = section_to_run(migration);
  if (migration.format != MigrationFormat::dbmate) {
    session.exec("RESET ALL");  // each of their tools gives every file a session of its own
  }
  try {
    if (up.in_transaction) {
      session.exec("BEGIN");
    }
    session.exec(up.sql);
    session.exec(fmt::format(
        "INSERT INTO {} (version) VALUES ({})", table.name, literal(migration.version)));
    if (up.in_transaction) {
      session.exec("COMMIT");
    }
  } catch (const QueryError& problem) {
    throw MigrationError{migration, problem, up.in_transaction, applied};
  }
}

}  // namespace

std::string ledger_table_of(MigrationFormat format) {
  return ledger_table(format).name;
}

MigrationError::MigrationError(
    const MigrationFile& migration, const QueryError& problem, bool in_transaction, int applied)
    : Error(ErrorCode::query_failed,
          fmt::format("migration '{}' failed with SQLSTATE {} ({})", migration.name,
              problem.sqlstate(), condition_of(problem.sqlstate())),
          in_transaction
              ? "Nothing of this migration was applied. Run it by hand to see the server's message."
              : "The migration runs outside a transaction: what came before the failure stays "
                "applied.",
          migration.name),
      sqlstate_(problem.sqlstate()),
      applied_(applied) {}

MigrationOutcome migrate(const Subject& subject, const HookContext& context) {
  MigrationOutcome outcome;
  if (subject.migrate.command) {
    run_hook(*subject.migrate.command, subject, context);
    outcome.by_command = true;
    return outcome;
  }
  if (subject.migrate.directory.empty()) {
    return outcome;
  }
  const std::vector<MigrationFile> migrations =
      migration_files(subject.folder / subject.migrate.directory, subject.migrate.format);
  Session session{context.connection};
  const LedgerTable table = ledger_table(subject.migrate.format);
  const std::set<std::string> ledger = ledger_of(session, table);
  refuse_strangers(ledger, migrations);
  for (const MigrationFile& migration : migrations) {
    if (ledger.contains(migration.version)) {
      ++outcome.skipped;
    } else {
      apply(session, migration, table, outcome.applied);
      ++outcome.applied;
      outcome.versions.push_back(migration.version);
    }
  }
  return outcome;
}

}  // namespace pgrehearse
