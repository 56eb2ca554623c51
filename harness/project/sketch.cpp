#include "harness/project/sketch.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/project/sample_rows.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view seed_rows = "generate_series(1, 20 * :scale) AS g(n)";
constexpr std::string_view tried_rows = "generate_series(1, 20) AS g(n)";
// One row with a number that no other has: not $seq$, which comes again after a restore.
constexpr std::string_view workload_row =
    "(SELECT 1 + floor(random() * 2000000000)::bigint AS n) AS g";
constexpr int workload_tries = 25;
constexpr std::size_t most_checks = 20;

// Where no table takes rows that were made up.
constexpr std::string_view own_tables_sql = R"sql(CREATE SCHEMA rehearsal;
CREATE TABLE rehearsal.heartbeats (
  heartbeat_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  beaten_at timestamptz NOT NULL DEFAULT now(),
  note text NOT NULL);
CREATE TABLE rehearsal.kept (kept_id bigint PRIMARY KEY, note text NOT NULL);)sql";

class Sketcher {
 public:
  explicit Sketcher(Session& session) : session_(session) {}

  Sketch made(MadeUpRows rows) {
    tables_ = tables_of(session_);
    sketch_.found_tables = tables_.size();
    for (const SampleTable& table : tables_) {
      if (rows_in(table) > 0) {
        sketch_.had_rows.push_back(table.name);
      }
    }
    if (rows == MadeUpRows::yes) {
      fill_tables();
    }
    if (!choose_workload() || targets().empty() || !protected_one()) {
      make_own_tables();
    }
    choose_accidents();
    write_checks();
    for (const SampleTable& table : tables_) {
      if (rows_in(table) == 0) {
        sketch_.refused.push_back(table.name);
      }
    }
    return sketch_;
  }

 private:
  bool works(const std::string& sql) {
    try {
      session_.exec(sql);
      return true;
    } catch (const QueryError&) {
      return false;
    }
  }

  bool works_and_is_undone(const std::string& sql) {
    const bool worked = works("BEGIN;" + sql);
    session_.exec("ROLLBACK");
    return worked;
  }

  std::int64_t rows_in(const SampleTable& table) {
    return std::stoll(session_.value("SELECT count(*) FROM " + table.sql));
  }

  // Parents first, then what refers to them, and at last what refers in a circle or to empty
  // tables.
  void fill_tables() {
    for (const bool parents_first : {true, false}) {
      for (bool progress = true; progress;) {
        progress = false;
        for (const SampleTable& table : tables_) {
          const bool its_turn = rows_in(table) == 0 && (!parents_first || has_its_parents(table));
          progress = (its_turn && fill(table)) || progress;
        }
      }
    }
  }

  bool has_its_parents(const SampleTable& table) {
    return std::all_of(table.columns.begin(), table.columns.end(), [&](const SampleColumn& column) {
      return column.parent.empty() || column.parent == table.sql ||
             session_.value(fmt::format("SELECT EXISTS (SELECT FROM {})", column.parent)) == "t";
    });
  }

  bool fill(const SampleTable& table) {
    for (const Richness richness : {Richness::all, Richness::needed, Richness::cautious}) {
      const auto tried = insert_into(table, std::string{tried_rows}, richness);
      if (tried && works(*tried) && rows_in(table) > 0) {
        sketch_.seed.push_back(*insert_into(table, std::string{seed_rows}, richness));
        sketch_.filled.push_back(table.name);
        return true;
      }
    }
    const auto one_row = insert_into(table, "generate_series(1, 1) AS g(n)", Richness::needed);
    if (one_row && works(*one_row) && rows_in(table) > 0) {
      sketch_.seed.push_back(*one_row);
      sketch_.filled.push_back(table.name);
      return true;
    }
    return false;
  }

  // A table to which nobody refers stands in the way of no accident.
  bool choose_workload() {
    for (const bool referenced : {false, true}) {
      for (const SampleTable& table : tables_) {
        if (table.referenced == referenced && take_as_workload(table)) {
          return true;
        }
      }
    }
    return false;
  }

  bool take_as_workload(const SampleTable& table) {
    std::map<std::string, std::int64_t> before;
    for (const SampleTable& each : tables_) {
      before[each.name] = rows_in(each);
    }
    for (const Richness richness : {Richness::all, Richness::needed, Richness::cautious}) {
      const auto statement = insert_into(table, std::string{workload_row}, richness);
      bool worked = statement.has_value();
      for (int tried = 0; worked && tried < workload_tries; ++tried) {
        worked = works(*statement);
      }
      if (worked && rows_in(table) == before[table.name] + workload_tries) {
        sketch_.workload = {*statement};
        workload_table_ = table.name;
        for (const SampleTable& each : tables_) {
          if (rows_in(each) != before[each.name]) {
            written_.push_back(each.name);
          }
        }
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool is_written(const SampleTable& table) const {
    return std::find(written_.begin(), written_.end(), table.name) != written_.end();
  }

  // What can be deleted, those first that clients leave alone.
  std::vector<SampleTable> targets() {
    std::vector<SampleTable> found;
    for (const bool written : {false, true}) {
      for (const SampleTable& table : tables_) {
        if (is_written(table) == written && !table.referenced && !table.has_triggers &&
            rows_in(table) > 0 && works_and_is_undone("DELETE FROM " + table.sql)) {
          found.push_back(table);
        }
      }
    }
    return found;
  }

  std::optional<SampleTable> protected_one() {
    for (const SampleTable& table : targets()) {
      if (!is_written(table) && !table.has_generated) {
        return table;
      }
    }
    return std::nullopt;
  }

  void make_own_tables() {
    sketch_.own_tables = true;
    sketch_.seed.insert(sketch_.seed.begin(), std::string{own_tables_sql});
    session_.exec(own_tables_sql);
    tables_ = tables_of(session_);
    for (const SampleTable& table : tables_) {
      if (table.schema == "rehearsal") {
        static_cast<void>(fill(table));
      }
    }
    written_.clear();
    const auto heartbeats = std::find_if(tables_.begin(), tables_.end(),
        [](const SampleTable& table) { return table.name == "rehearsal.heartbeats"; });
    static_cast<void>(take_as_workload(*heartbeats));
  }

  void choose_accidents() {
    const std::vector<SampleTable> victims = targets();
    AccidentSpec& accident = sketch_.accident;
    accident.delete_from = accident.copy_back = victims.front().name;
    accident.drop_table = victims.size() > 1 ? victims[1].name : victims.front().name;
    accident.truncate = victims.back().name;
    if (const auto table = protected_one()) {
      sketch_.protected_table = table->name;
    }
    choose_schema();
    choose_bad_migration(victims);
  }

  void choose_schema() {
    std::vector<std::string> schemas;
    for (const SampleTable& table : tables_) {
      if (table.schema != "public") {
        schemas.push_back(table.schema);
      }
    }
    schemas.emplace_back("public");
    for (const std::string& schema : schemas) {
      if (works_and_is_undone("DROP SCHEMA " + identifier(schema) + " CASCADE")) {
        sketch_.accident.drop_schema = schema;
        return;
      }
    }
  }

  void choose_bad_migration(const std::vector<SampleTable>& victims) {
    for (const SampleTable& table : victims) {
      for (const SampleColumn& column : table.columns) {
        const bool is_text = column.base == "text" || column.base == "varchar";
        const std::vector<std::string> sql{
            fmt::format("ALTER TABLE {} DROP COLUMN {}", table.sql, column.name),
            fmt::format("ALTER TABLE {} ADD COLUMN {} {} DEFAULT 'n/a'", table.sql, column.name,
                column.type)};
        if (is_text && !column.filled && column.parent.empty() &&
            works_and_is_undone(sql[0] + ";" + sql[1])) {
          sketch_.accident.bad_migration = sql;
          sketch_.accident.bad_migration_table = table.name;
          return;
        }
      }
    }
  }

  void write_checks() {
    for (const SampleTable& table : tables_) {
      if (rows_in(table) > 0 && sketch_.checks.size() < most_checks) {
        sketch_.checks.push_back({fmt::format("rows-of-{}", kebab(table.name)),
            "SELECT count(*) FROM " + table.sql, is_written(table) ? ">= baseline" : "= baseline"});
      }
    }
    const std::string valid = "SELECT bool_and(indisvalid AND indisready) FROM pg_catalog.pg_index";
    if (session_.value(valid) == "t") {
      sketch_.checks.push_back({"indexes-are-valid", valid, "true"});
    }
    const std::string kept =
        "SELECT count(*) FROM pg_catalog.pg_constraint WHERE contype = 'f' AND NOT convalidated";
    if (session_.value(kept) == "0") {
      sketch_.checks.push_back({"foreign-keys-are-validated", kept, "= 0"});
    }
  }

  static std::string kebab(std::string name) {
    for (char& letter : name) {
      letter = std::isalnum(static_cast<unsigned char>(letter)) != 0
                   ? static_cast<char>(std::tolower(static_cast<unsigned char>(letter)))
                   : '-';
    }
    return name;
  }

  Session& session_;
  std::vector<SampleTable> tables_ = {};
  std::string workload_table_ = {};
  std::vector<std::string> written_ = {};  ///< tables in which the workload leaves rows
  Sketch sketch_ = {};
};

}  // namespace

Sketch sketch_of(Session& session, MadeUpRows rows) {
  return Sketcher{session}.made(rows);
}

}  // namespace pgrehearse
