#include "tests/foreign/breakage.hpp"

#include <fstream>
#include <ostream>

#include <fmt/format.h>

#include "harness/base/files.hpp"
#include "harness/cli/exit_status.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

void append(const fs::path& file, const std::string& text) {
  std::ofstream{file, std::ios::app} << text;
}

/// Exchanges what stands below "key:" in drill.yaml, up to the next empty line.
void replace_section(const fs::path& repository, const std::string& key, const std::string& body) {
  const fs::path file = repository / "drill.yaml";
  const std::string text = read_file(file);
  const std::size_t begin = text.find("\n" + key + ":\n") + key.size() + 3;
  const std::size_t end = text.find("\n\n", begin);
  write_file(file,
      text.substr(0, begin) + body + text.substr(end == std::string::npos ? text.size() : end));
}

void misspell_a_statement(const fs::path& repository, const Recipe& recipe) {
  append(repository / recipe.last_sql, "\nCREATE TABEL invoices (id integer);\n");
}

void take_the_sql_away(const fs::path& repository, const Recipe& recipe) {
  fs::remove(repository / recipe.first_sql);
}

// What psql does, and nobody remembers what has been applied.
void migrate_the_same_again(const fs::path& repository, const Recipe& recipe) {
  const bool folders = recipe.migrate.find("prisma") != std::string::npos;
  replace_section(repository, "migrate",
      fmt::format("  command: 'for file in {}; do psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 "
                  "--file=\"$file\" || exit 3; done'",
          folders ? "prisma/migrations/*/migration.sql" : recipe.last_sql.string()));
}

// pg_dump restores with an empty search_path, in which the function finds no table.
void index_by_what_search_path_finds(const fs::path& repository, const Recipe& recipe) {
  append(repository / recipe.last_sql,
      "\nCREATE TABLE labels_of_things (id integer PRIMARY KEY, label text);\n"
      "CREATE FUNCTION label_of_thing(integer) RETURNS text LANGUAGE sql IMMUTABLE\n"
      "  AS 'SELECT label FROM labels_of_things WHERE id = $1';\n"
      "CREATE TABLE some_things (id integer);\n"
      "INSERT INTO some_things VALUES (1);\n"
      "CREATE INDEX things_by_label ON some_things (label_of_thing(id));\n");
  replace_section(repository, "backup", "  tool: pg_dump\n");
}

void archive_nothing(const fs::path& repository, const Recipe& /*recipe*/) {
  const std::string scripts =
      (fs::path{PGREHEARSE_SOURCE_DIR} / "fixtures/backup-scripts/physical").string();
  replace_section(repository, "backup",
      fmt::format(
          "  tool: command\n  take: '{0}/take'\n  restore: '{0}/restore'\n  list: '{0}/list'\n"
          "  verify: '{0}/verify'\n  archive: 'true'\n",
          scripts));
}

void promise_too_much(const fs::path& repository, const Recipe& /*recipe*/) {
  replace_in(repository / "drill.yaml", "accidental-delete: {rpo: 5min, rto: 2h}",
      "accidental-delete: {rpo: 5min, rto: 1ms}");
}

void expect_what_does_not_hold(const fs::path& repository, const Recipe& /*recipe*/) {
  replace_in(repository / "drill.yaml", "checks:\n",
      "checks:\n  - id: nobody-owes-us-anything\n    sql: \"SELECT 7\"\n    expect: \"= 0\"\n");
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Breakage& breakage) {
  return out << breakage.name;
}

std::vector<Breakage> breakages() {
  return {
      {"AMisspelledStatement", misspell_a_statement, exit_not_proven,
          R"(failed with SQLSTATE 42601 \(syntax error\))"},
      {"AMigrationThatIsGone", take_the_sql_away, {},
          "there is no file|failed with SQLSTATE 42P01|failed with SQLSTATE 42704"},
      {"MigrationsThatCannotBeRepeated", migrate_the_same_again, exit_not_proven,
          "run a second time, the migrate command ended with status 3"},
      {"AnIndexThatSearchPathDecides", index_by_what_search_path_finds, exit_not_proven,
          "some_things. cannot be read with search_path = pg_catalog: SQLSTATE 42P01"},
      {"AnArchiveThatKeepsNothing", archive_nothing, exit_missed,
          "recovery ended before configured recovery target was reached"},
      {"AnObjectiveThatCannotBeMet", promise_too_much, exit_missed,
          "rto: expected at most 1ms, observed"},
      {"ACheckThatDoesNotHold", expect_what_does_not_hold, exit_missed,
          "subject:nobody-owes-us-anything: expected = 0"},
  };
}

}  // namespace pgrehearse
