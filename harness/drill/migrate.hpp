// Makes the subject's schema: migrations in dbmate's format, or the team's own command.
#pragma once

#include <string>
#include <string_view>

#include "harness/drill/hook.hpp"
#include "harness/drill/subject.hpp"

namespace pgrehearse {

struct MigrationOutcome {
  int applied = 0;
  int skipped = 0;          ///< were in the ledger already
  bool by_command = false;  ///< then nobody counted
};

/// Applies what public.schema_migrations does not list yet, in the order of the file names. Each
/// migration is one transaction with its ledger row, unless it says "-- migrate:up
/// transaction:false". Throws Error{bad_config} for a file that is not a migration, duplicate
/// versions, a folder without migrations and a ledger version without a file; Error{query_failed}
/// naming the file and the SQLSTATE, never the SQL.
MigrationOutcome migrate(const Subject& subject, const HookContext& context);

/// The part between "-- migrate:up" and "-- migrate:down".
struct UpSection {
  std::string sql;
  bool in_transaction = true;
};
/// Throws Error{bad_config} with the place `file` when there is no such section, or two, or an
/// unknown option.
[[nodiscard]] UpSection up_section(std::string_view text, const std::string& file);

}  // namespace pgrehearse
