// Takes migrations back, the last one first, as a team would when a release goes wrong.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/drill/hook.hpp"
#include "harness/drill/migration_files.hpp"

namespace pgrehearse {

/// The SQL that undoes a migration: dbmate's "-- migrate:down" section; plain `x.down.sql` or
/// `x.rollback.sql` beside `x.sql` or `x.up.sql`; diesel's down.sql. Nothing when there is none, or
/// it is empty.
[[nodiscard]] std::optional<UpSection> down_section(const MigrationFile& migration);

/// Why these versions cannot be taken back; empty: they can be.
[[nodiscard]] std::string why_no_rollback(
    const Subject& subject, const std::vector<std::string>& versions);

/// Undoes the versions, given in the order in which they were applied, and strikes them from the
/// ledger; or runs the team's own command. Throws Error{query_failed} naming the file and the
/// SQLSTATE, and what run_hook throws.
void roll_back(
    const Subject& subject, const std::vector<std::string>& versions, const HookContext& context);

}  // namespace pgrehearse
