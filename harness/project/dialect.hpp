// Which server SQL is for, and whether it is a whole schema, as far as the names of files and
// folders tell. Repositories that serve several servers keep a folder or a file for each; and many
// keep, beside the upgrades of older versions, the schema as it is now.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pgrehearse {

enum class Dialect { unsaid, postgres, another };

/// By the last word that names a server: postgres of "SQL/mysql-and-others/pgsql/1.sql".
[[nodiscard]] Dialect dialect_of(const std::filesystem::path& path);

/// {"initial"} of "SQL/postgres.initial.sql": the words of a name, without its extension and
/// without servers.
[[nodiscard]] std::vector<std::string> words_of_name(const std::filesystem::path& path);

/// A file named like a schema as it is now: "schema.sql", "postgres.initial.sql", "pgsql.sql"; not
/// "1.0_to_2.0_schema.sql".
[[nodiscard]] bool is_named_like_a_schema(const std::filesystem::path& file);

}  // namespace pgrehearse
