#include "harness/check/capture.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <iterator>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "harness/check/catalog_queries.hpp"
#include "harness/check/content_digest.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t most_readers = 4;  // sessions at once, each in a database of its own

// Tables whose locks are held at a time. A server has room for max_locks_per_transaction for each
// connection, which ten thousand tables and their indexes would fill.
constexpr std::size_t most_locked = 200;

// Every row of every table once: leaf tables and materialized views, by ONLY, so that a partition's
// rows are counted where they lie. Unlogged tables bear their own noun, since some restores empty
// them.
constexpr std::string_view table_list = R"sql(
  SELECT n.nspname, c.relname, c.relkind::text, CASE c.relpersistence WHEN 'u' THEN 'unlogged table' ELSE 'table' END
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'm') AND c.relpersistence IN ('p', 'u')
     AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
     AND (c.relkind = 'r' OR c.relispopulated)
   ORDER BY 1, 2)sql";

std::string query_of(Session& session, const std::string& view) {
  std::string query =
      session.value(fmt::format("SELECT pg_catalog.pg_get_viewdef({}::regclass)", literal(view)));
  query.erase(query.find_last_not_of("; \n") + 1);
  return "(" + query + ")";
}

// The planner looks into functions of indexes and constraints: one that finds its tables by
// search_path fails here, as it does when a dump is restored.
Row sums_of(Session& session, const std::string& hash, const std::string& from) {
  try {
    return session.exec(sums_query(hash, {.from = from})).front();
  } catch (const QueryError& error) {
    const std::string& state = error.sqlstate();
    if (state != "42P01" && state != "42883" && state != "42704" && state != "3F000") {
      throw;
    }
    throw Error{ErrorCode::query_failed,
        fmt::format("{} cannot be read with search_path = pg_catalog: {}", from, error.message()),
        "Does a function in an index, a constraint or a policy of it find its tables by "
        "search_path? A dump would not "
        "restore. Write the schema before their names, or give the function SET search_path."};
  }
}

void add_tables(Session& session, const std::string& prefix, Reading reading, Facts& facts) {
  const RowHashes hashes = reading == Reading::without_content ? RowHashes{} : row_hashes(session);
  session.exec("SAVEPOINT pgrehearse_tables");
  std::size_t read = 0;
  for (const Row& table : session.exec(table_list)) {
    if (++read % most_locked == 0) {
      session.exec("ROLLBACK TO SAVEPOINT pgrehearse_tables");  // the snapshot stays
    }
    const std::string label = fmt::format("{}{} {}.{}", prefix, *table[3], *table[0], *table[1]);
    const bool view = *table[2] == "m";
    const std::string name = identifier(*table[0]) + "." + identifier(*table[1]);
    const std::string from = view && reading == Reading::refreshed ? query_of(session, name)
                             : view                                ? name
                                                                   : "ONLY " + name;
    if (reading == Reading::without_content) {
      facts.push_back({FactKind::rows, label, session.value("SELECT count(*) FROM " + from)});
      continue;
    }
    const Row sums = sums_of(session, hashes.at({*table[0], *table[1]}), from);
    facts.push_back({FactKind::rows, label, *sums[0]});
    facts.push_back({FactKind::content, label, *sums[1]});
  }
  session.exec("ROLLBACK TO SAVEPOINT pgrehearse_tables");
  session.exec("RELEASE SAVEPOINT pgrehearse_tables");
}

void add_rows(Session& session, const std::string& prefix, std::span<const CatalogQuery> queries,
    Facts& facts, Reading reading = Reading::everything) {
  for (const CatalogQuery& query : queries) {
    if (query.kind == FactKind::content && reading == Reading::without_content) {
      continue;
    }
    for (Row& row : session.exec(query.sql)) {
      facts.push_back({query.kind, fmt::format("{}{} {}", prefix, query.noun, row[0].value_or("?")),
          std::move(row[1]).value_or("(null)")});
    }
  }
}

// A library that a function lives in must load here, or the function is there only by name. Only
// the server's own folder is trusted enough for that: elsewhere the file must be there.
std::string loading(Session& session, const std::string& library) {
  session.exec("SAVEPOINT pgrehearse_library");
  try {
    if (library.starts_with("$libdir/")) {
      session.exec("LOAD " + literal(library));
    } else if (library.find('/') == std::string::npos ||
               session.value(fmt::format("SELECT (pg_catalog.pg_stat_file({}, true)).size IS NULL "
                                         "AND (pg_catalog.pg_stat_file({}, true)).size IS NULL",
                   literal(library), literal(library + ".so"))) == "t") {
      return "no such file";
    }
    session.exec("RELEASE SAVEPOINT pgrehearse_library");
    return "loads";
  } catch (const QueryError&) {
    session.exec("ROLLBACK TO SAVEPOINT pgrehearse_library");
    return "does not load";
  }
}

void add_libraries(Session& session, const std::string& prefix, Facts& facts) {
  for (const Row& row : session.exec("SELECT DISTINCT probin FROM pg_catalog.pg_proc "
                                     "WHERE probin IS NOT NULL AND oid >= 16384")) {
    facts.push_back({FactKind::extensions, fmt::format("{}library {}", prefix, *row[0]),
        loading(session, *row[0])});
  }
}

// Asked when every row has been read: a page with a bad checksum is then known to the server.
void add_checksum_failures(Session& session, Facts& facts) {
  for (const Row& row :
      session.exec("SELECT coalesce(quote_ident(datname), 'shared catalogs'), "
                   "coalesce(checksum_failures, 0) FROM pg_catalog.pg_stat_database")) {
    facts.push_back({FactKind::server, "checksum failures in " + *row[0], *row[1]});
  }
}

Facts whole_database(const Connect& connect, const std::string& database, Reading reading) {
  Session inside = connect(database);
  inside.exec("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  Facts facts = facts_of_database(inside, database, reading);
  inside.exec("COMMIT");
  return facts;
}

// Into room of their size: what grows as it goes takes up to twice of it, and keeps it.
void move_together(std::vector<Facts>& found, Facts& facts) {
  facts.reserve(std::accumulate(found.begin(), found.end(), facts.size(),
      [](std::size_t sum, const Facts& of_one) { return sum + of_one.size(); }));
  for (Facts& of_one : found) {
    std::move(of_one.begin(), of_one.end(), std::back_inserter(facts));
    of_one = {};
  }
}

}  // namespace

std::string fixed_reading_settings() {
  return "SET search_path = pg_catalog; SET row_security = off; SET TimeZone = 'UTC'; "
         "SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 3; "
         "SET bytea_output = 'hex'; SET lc_monetary = 'C'; SET xmloption = 'content'; "
         "SET lock_timeout = '60s'; SET jit = off; "
         // On a server that others need, the session has said how long a statement may take.
         "SELECT set_config('statement_timeout', coalesce(nullif("
         "current_setting('pgrehearse.statement_timeout', true), ''), '0'), false); "
         // Names in a database without an encoding are bytes, and need not be UTF-8.
         "SELECT set_config('client_encoding', CASE current_setting('server_encoding') "
         "WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END, false)";
}

Facts facts_of_database(Session& session, const std::string& database, Reading reading) {
  session.exec(fixed_reading_settings());
  const std::string prefix = database + ": ";
  Facts facts;
  add_tables(session, prefix, reading, facts);
  add_rows(session, prefix, database_queries(), facts, reading);
  add_libraries(session, prefix, facts);
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
  std::vector<std::string> databases;
  for (const Row& row : session.exec("SELECT datname FROM pg_catalog.pg_database WHERE "
                                     "datallowconn ORDER BY 1")) {
    if (*row[0] != except) {
      databases.push_back(*row[0]);
    }
  }
  std::vector<Facts> found(databases.size());
  std::atomic<std::size_t> next = 0;
  const auto read_databases = [&] {
    for (std::size_t at = next++; at < databases.size(); at = next++) {
      found[at] = whole_database(connect, databases[at], reading);
    }
  };
  std::vector<std::future<void>> readers;
  for (std::size_t more = 1; more < std::min(most_readers, databases.size()); ++more) {
    readers.push_back(std::async(std::launch::async, read_databases));
  }
  Facts facts = facts_of_cluster(session);
  read_databases();
  for (std::future<void>& reader : readers) {
    reader.get();
  }
  move_together(found, facts);
  add_checksum_failures(session, facts);
  std::sort(facts.begin(), facts.end());
  return facts;
}

}  // namespace pgrehearse
