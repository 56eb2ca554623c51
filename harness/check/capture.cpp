#include "harness/check/capture.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "harness/check/catalog_queries.hpp"
#include "harness/check/content_digest.hpp"

namespace pgrehearse {
namespace {

// Every row of every table once: leaf tables and materialized views, by ONLY, so that a partition's
// rows are counted where they lie.
constexpr std::string_view table_list = R"sql(
  SELECT n.nspname, c.relname, c.relkind::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p'
     AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
     AND (c.relkind = 'r' OR c.relispopulated)
   ORDER BY 1, 2)sql";

std::string query_of(Session& session, const std::string& view) {
  std::string query =
      session.value(fmt::format("SELECT pg_catalog.pg_get_viewdef({}::regclass)", literal(view)));
  query.erase(query.find_last_not_of("; \n") + 1);
  return "(" + query + ")";
}

void add_tables(Session& session, const std::string& prefix, Reading reading, Facts& facts) {
  const RowHashes hashes = reading == Reading::without_content ? RowHashes{} : row_hashes(session);
  for (const Row& table : session.exec(table_list)) {
    const std::string label = fmt::format("{}table {}.{}", prefix, *table[0], *table[1]);
    const bool view = *table[2] == "m";
    const std::string name = identifier(*table[0]) + "." + identifier(*table[1]);
    const std::string from = view && reading == Reading::refreshed ? query_of(session, name)
                             : view                                ? name
                                                                   : "ONLY " + name;
    if (reading == Reading::without_content) {
      facts.push_back({FactKind::rows, label, session.value("SELECT count(*) FROM " + from)});
      continue;
    }
    const Row sums =
        session.exec(sums_query(hashes.at({*table[0], *table[1]}), {.from = from})).front();
    facts.push_back({FactKind::rows, label, *sums[0]});
    facts.push_back({FactKind::content, label, *sums[1]});
  }
}

void add_rows(Session& session, const std::string& prefix, std::span<const CatalogQuery> queries,
    Facts& facts) {
  for (const CatalogQuery& query : queries) {
    for (const Row& row : session.exec(query.sql)) {
      facts.push_back({query.kind, fmt::format("{}{} {}", prefix, query.noun, row[0].value_or("?")),
          row[1].value_or("(null)")});
    }
  }
}

}  // namespace

std::string fixed_reading_settings() {
  return "SET search_path = pg_catalog; SET row_security = off; SET TimeZone = 'UTC'; "
         "SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 3; "
         "SET bytea_output = 'hex'; SET lc_monetary = 'C'; SET xmloption = 'content'; "
         "SET statement_timeout = 0; SET lock_timeout = '60s'; SET jit = off";
}

Facts facts_of_database(Session& session, const std::string& database, Reading reading) {
  session.exec(fixed_reading_settings());
  const std::string prefix = database + ": ";
  Facts facts;
  add_tables(session, prefix, reading, facts);
  add_rows(session, prefix, database_queries(), facts);
  return facts;
}

Facts facts_of_cluster(Session& session) {
  session.exec(fixed_reading_settings());
  Facts facts;
  add_rows(session, "", cluster_queries(), facts);
  return facts;
}

Facts sequence_facts(Session& session, const std::string& database) {
  Facts facts;
  for (const CatalogQuery& query : database_queries()) {
    if (query.kind == FactKind::sequences) {
      add_rows(session, database + ": ", {&query, 1}, facts);
    }
  }
  return facts;
}

Facts capture_facts(const Connect& connect, const std::string& except, Reading reading) {
  Session session = connect("postgres");
  Facts facts = facts_of_cluster(session);
  for (const Row& row : session.exec("SELECT datname FROM pg_catalog.pg_database WHERE "
                                     "datallowconn AND datname <> 'template1' ORDER BY 1")) {
    if (*row[0] == except) {
      continue;
    }
    Session inside = connect(*row[0]);
    inside.exec("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    Facts found = facts_of_database(inside, *row[0], reading);
    inside.exec("COMMIT");
    std::move(found.begin(), found.end(), std::back_inserter(facts));
  }
  std::sort(facts.begin(), facts.end());
  return facts;
}

}  // namespace pgrehearse
