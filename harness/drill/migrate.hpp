// Makes the subject's schema: a folder of SQL migrations, or the team's own command.
#pragma once

#include <string>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/drill/hook.hpp"
#include "harness/drill/migration_files.hpp"
#include "harness/drill/subject.hpp"
#include "harness/pg/session.hpp"

namespace pgrehearse {

struct MigrationOutcome {
  int applied = 0;
  int skipped = 0;                         ///< were in the ledger already
  std::vector<std::string> versions = {};  ///< that were applied, in order
  bool by_command = false;                 ///< then nobody counted
};

/// A file that the server refused. Nothing of it, nor of a later one, was applied, unless it says
/// that it needs no transaction.
class MigrationError : public Error {
 public:
  MigrationError(
      const MigrationFile& migration, const QueryError& problem, bool in_transaction, int applied);
  [[nodiscard]] const std::string& sqlstate() const { return sqlstate_; }
  /// How many were applied before it, in this call.
  [[nodiscard]] int applied() const { return applied_; }

 private:
  std::string sqlstate_;
  int applied_;
};

/// Applies what the ledger does not list yet, in order; the ledger is public.schema_migrations for
/// dbmate's format, else pgrehearse.migrations, which is the drill's own. Each migration is one
/// transaction with its ledger row, unless it says otherwise (see migration_files.hpp). Throws
/// Error{bad_config} for a file that is not a migration, duplicate versions, a folder without
/// migrations and a ledger version without a file; MigrationError (query_failed) naming the file
/// and the SQLSTATE, never the SQL.
MigrationOutcome migrate(const Subject& subject, const HookContext& context);

/// The table in which applied versions are noted.
[[nodiscard]] std::string ledger_table_of(MigrationFormat format);

}  // namespace pgrehearse
