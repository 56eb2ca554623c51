#include "harness/incident/accident.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/pg/table_name.hpp"

namespace pgrehearse {
namespace {

std::string quoted_name(const std::string& dotted) {
  if (dotted.empty()) {
    throw Error{ErrorCode::bad_config, "drill.yaml does not say what this accident hits",
        "Say it under accidental_delete, or name the case under leave_out, with the reason."};
  }
  return quoted_table(dotted);
}

// to_regclass and query_to_xml let one statement count the rows of a table that may be gone.
std::string row_count_probe(const std::string& table) {
  return fmt::format(
      "SELECT CASE WHEN to_regclass({0}) IS NULL THEN 'absent' ELSE "
      "(xpath('//n/text()', query_to_xml({1}, false, true, '')))[1]::text END",
      literal(quoted_name(table)), literal("SELECT count(*) AS n FROM " + quoted_name(table)));
}

}  // namespace

Incident delete_without_where(const std::string& table) {
  return {"delete-without-where", "a DELETE without WHERE on " + table,
      "DELETE FROM " + quoted_name(table), row_count_probe(table)};
}

Incident dropped_table(const std::string& table) {
  return {"drop-table", "DROP TABLE " + table + " CASCADE",
      "DROP TABLE " + quoted_name(table) + " CASCADE", row_count_probe(table)};
}

Incident truncated_table(const std::string& table) {
  return {"truncate", "TRUNCATE " + table, "TRUNCATE " + quoted_name(table) + " CASCADE",
      row_count_probe(table)};
}

Incident bad_migration(const std::vector<std::string>& statements, const std::string& table) {
  return {"bad-migration", "a migration that damages " + table, joined(statements, ";"),
      fmt::format(
          "SELECT coalesce(sum(hashtextextended(t::text COLLATE \"C\", 0)), 0)::text FROM {} t",
          quoted_name(table))};
}

Incident dropped_schema(const std::string& schema) {
  return {"drop-schema", "DROP SCHEMA " + schema + " CASCADE",
      "DROP SCHEMA " + quoted_name(schema) + " CASCADE",
      fmt::format(
          "SELECT CASE WHEN to_regnamespace({0}) IS NULL THEN 'absent' ELSE (SELECT count(*)::text "
          "FROM pg_class WHERE relnamespace = to_regnamespace({0})) END",
          literal(quoted_name(schema)))};
}

}  // namespace pgrehearse
