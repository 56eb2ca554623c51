// What a folder of SQL migrations holds, whichever of the usual layouts it has.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/drill/subject.hpp"

namespace pgrehearse {

struct MigrationFile {
  std::string version;         ///< what the ledger notes
  std::string name;            ///< for people: the file's name, with its folder where that tells
  std::filesystem::path path;  ///< of the SQL
  MigrationFormat format = MigrationFormat::dbmate;
};

/// "plain" -> plain. Throws Error{bad_value}.
[[nodiscard]] MigrationFormat migration_format(std::string_view name);
[[nodiscard]] std::string_view name_of(MigrationFormat format);

/// In the order in which they are applied:
/// - dbmate: `<digits>_<name>.sql`, by name.
/// - plain: `*.sql` by name, `*.down.sql` and `*.rollback.sql` left out.
/// - flyway: `V<version>__<name>.sql` by version, then `R__<name>.sql` by name, whose version tells
///   its content, so that it runs again when it was edited; `U` files left out.
/// - prisma, diesel: the folders by name, of each `migration.sql`, `up.sql`.
/// One file in place of a folder is the only migration.
/// Throws Error{bad_config} for a file that is not a migration, duplicate versions, and a folder
/// without migrations.
[[nodiscard]] std::vector<MigrationFile> migration_files(
    const std::filesystem::path& folder, MigrationFormat format);

/// Runs again whenever its text is another: flyway's R__ files.
[[nodiscard]] bool is_repeatable(const MigrationFile& migration);
/// True for a version of the ledger that an earlier text of this file left there.
[[nodiscard]] bool ran_before_as(const MigrationFile& migration, const std::string& version);

/// The SQL that is run.
struct UpSection {
  std::string sql;
  bool in_transaction = true;
};
/// Of dbmate's format, the part between "-- migrate:up" and "-- migrate:down". Throws
/// Error{bad_config} with the place `file` when there is no such section, or two, or an unknown
/// option.
[[nodiscard]] UpSection up_section(std::string_view text, const std::string& file);
/// Of the others, the whole file: outside a transaction of ours when it begins one itself. Throws
/// Error{bad_config} for what only psql understands: meta-commands, COPY FROM stdin.
[[nodiscard]] UpSection whole_file(std::string_view text, const std::string& file);
[[nodiscard]] UpSection section_to_run(const MigrationFile& migration);

}  // namespace pgrehearse
