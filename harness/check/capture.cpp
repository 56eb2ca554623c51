#include "harness/check/capture.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "harness/check/catalog_queries.hpp"
#include "harness/check/sequence_use.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t most_databases = 4;  // that are read at once

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

// The catalog's own word of where sequences stand is silent on some, and knows nothing of columns.
void complete_sequences(Session& session, const std::string& prefix, Facts& facts) {
  const std::map<std::string, std::string> positions = positions_before_the_first_call(session);
  const std::set<std::string> behind = sequences_behind_their_columns(session);
  for (Fact& fact : facts) {
    const std::size_t noun = fact.name.find("sequence ", prefix.size());
    if (fact.kind != FactKind::sequences || !fact.name.starts_with(prefix) ||
        noun == std::string::npos) {
      continue;
    }
    const std::string name = fact.name.substr(noun + std::string_view{"sequence "}.size());
    if (const auto known = positions.find(name); known != positions.end()) {
      fact.value.replace(0, fact.value.find(' '), known->second);
    }
    if (behind.contains(name)) {
      fact.value += behind_its_column;
    }
  }
}

bool succeeds(Session& session, const std::string& sql) {
  session.exec("SAVEPOINT pgrehearse_attempt");
  try {
    session.exec(sql);
    session.exec("RELEASE SAVEPOINT pgrehearse_attempt");
    return true;
  } catch (const QueryError&) {
    session.exec("ROLLBACK TO SAVEPOINT pgrehearse_attempt");
    return false;
  }
}

// A library that functions live in must load here and have them, or they are there only by name.
// Only the server's own folder is trusted enough for that: elsewhere the file must be there.
std::string loading(Session& session, const std::string& library) {
  if (!library.starts_with("$libdir/")) {
    const bool there = library.find('/') != std::string::npos &&
                       succeeds(session, fmt::format("SELECT 1 / pg_catalog.num_nonnulls("
                                                     "(pg_catalog.pg_stat_file({}, true)).size, "
                                                     "(pg_catalog.pg_stat_file({}, true)).size)",
                                             literal(library), literal(library + ".so")));
    return there ? "loads" : "no such file";
  }
  if (!succeeds(session, "LOAD " + literal(library))) {
    return "does not load";
  }
  const bool whole = succeeds(
      session, fmt::format("SELECT pg_catalog.fmgr_c_validator(p.oid) FROM pg_catalog.pg_proc p "
                           "JOIN pg_catalog.pg_language l ON l.oid = p.prolang "
                           "WHERE l.lanname = 'c' AND p.probin = {}",
                   literal(library)));
  return whole ? "loads" : "lacks a function";
}

void add_libraries(Session& session, const std::string& prefix, Facts& facts) {
  for (const Row& row : session.exec("SELECT DISTINCT probin FROM pg_catalog.pg_proc "
                                     "WHERE probin IS NOT NULL AND oid >= 16384")) {
    facts.push_back({FactKind::extensions, fmt::format("{}library {}", prefix, *row[0]),
        loading(session, *row[0])});
  }
}

// The files of a dictionary (stop words, synonyms, rules) belong to the server's installation. Only
// the templates of the server and of extensions are called: one made by hand may end the server.
void add_dictionaries(Session& session, const std::string& prefix, Facts& facts) {
  for (const Row& row :
      session.exec(
          "SELECT d.oid::regdictionary FROM pg_catalog.pg_ts_dict d WHERE d.oid >= 16384 AND "
          "(d.dicttemplate < 16384 OR EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = "
          "'pg_catalog.pg_ts_template'::regclass AND e.objid = d.dicttemplate AND e.deptype = "
          "'e'))")) {
    const std::string lookup = fmt::format(
        "SELECT pg_catalog.ts_lexize({}::pg_catalog.regdictionary, 'x')", literal(*row[0]));
    facts.push_back({FactKind::extensions, fmt::format("{}dictionary {}", prefix, *row[0]),
        succeeds(session, lookup) ? "works" : "does not work"});
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
  Facts facts = facts_of_database(inside, database, reading, connect);
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
         // What is read must be the table, and not a copy of it in an index.
         "SET enable_indexonlyscan = off; "
         // On a server that others need, the session has said how long a statement may take.
         "SELECT set_config('statement_timeout', coalesce(nullif("
         "current_setting('pgrehearse.statement_timeout', true), ''), '0'), false); "
         // Names in a database without an encoding are bytes, and need not be UTF-8.
         "SELECT set_config('client_encoding', CASE current_setting('server_encoding') "
         "WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END, false)";
}

Facts facts_of_database(
    Session& session, const std::string& database, Reading reading, const Connect& connect) {
  session.exec(fixed_reading_settings());
  const std::string prefix = database + ": ";
  const OneMoreSession one_more = [&] {
    Session more = connect(database);
    more.exec(fixed_reading_settings());
    return more;
  };
  Facts facts = table_contents(session, prefix, reading, connect ? one_more : OneMoreSession{});
  add_rows(session, prefix, database_queries(), facts, reading);
  complete_sequences(session, prefix, facts);
  add_libraries(session, prefix, facts);
  add_dictionaries(session, prefix, facts);
  return facts;
}

Facts facts_of_cluster(Session& session) {
  session.exec(fixed_reading_settings());
  Facts facts;
  add_rows(session, "", cluster_queries(), facts);
  return facts;
}

Facts sequence_facts(Session& session, const std::string& database) {
  const std::string prefix = database + ": ";
  Facts facts;
  for (const CatalogQuery& query : database_queries()) {
    if (query.kind == FactKind::sequences) {
      add_rows(session, prefix, {&query, 1}, facts);
    }
  }
  complete_sequences(session, prefix, facts);
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
  for (std::size_t more = 1; more < std::min(most_databases, databases.size()); ++more) {
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
