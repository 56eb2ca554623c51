#include "harness/check/index_pages.hpp"

#include <fmt/format.h>

namespace pgrehearse {
namespace {

constexpr const char* indexes_sql = R"sql(
SELECT format('%I.%I', n.nspname, c.relname), c.oid::text
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am am ON am.oid = c.relam
 WHERE c.relkind = 'i' AND am.amname <> 'btree' AND c.relpersistence IN ('p', 'u')
 ORDER BY 1)sql";

constexpr const char* reader_sql =
    "SELECT format('%I.pg_prewarm', n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = "
    "e.extnamespace WHERE e.extname = 'pg_prewarm'";

}  // namespace

std::vector<Ailment> unreadable_indexes_in(Session& session, const std::string& database) {
  const Rows indexes = session.exec(indexes_sql);
  if (indexes.empty()) {
    return {};
  }
  // An event trigger of the database has no say in what is rolled back.
  session.exec("BEGIN READ WRITE; SET LOCAL session_replication_role = replica");
  std::vector<Ailment> found;
  try {
    session.exec("CREATE EXTENSION IF NOT EXISTS pg_prewarm WITH SCHEMA pg_catalog");
    const std::string reader = session.value(reader_sql);
    for (const Row& index : indexes) {
      session.exec("SAVEPOINT before");
      try {
        static_cast<void>(session.exec(fmt::format("SELECT {}({}, 'buffer')", reader, *index[1])));
      } catch (const QueryError& error) {
        session.exec("ROLLBACK TO SAVEPOINT before");
        found.push_back({fmt::format("{}.{}", database, *index[0]),
            fmt::format("one of its pages cannot be read: {}", error.sqlstate())});
      }
    }
  } catch (const QueryError&) {
    session.exec("ROLLBACK");
    throw;
  }
  session.exec("ROLLBACK");
  return found;
}

}  // namespace pgrehearse
