#include "harness/check/table_contents.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <future>
#include <vector>

#include <fmt/format.h>

#include "harness/check/content_digest.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t most_readers = 4;  // sessions at once in one database

// What is worth a session of its own: to open one and to fill its caches takes as long as to read
// some hundred small tables. A table by itself is read by parallel workers already.
constexpr std::size_t many_tables = 250;
constexpr std::int64_t much_data = 64LL << 20U;  // bytes of one table

// Tables whose locks are held at a time, by all readers together. A server has room for
// max_locks_per_transaction for each connection, which ten thousand tables and their indexes would
// fill.
constexpr std::size_t most_locked = 200;

// Every row of every table once: leaf tables and materialized views, by ONLY, so that a partition's
// rows are counted where they lie. Unlogged tables bear their own noun, since some restores empty
// them. Sorted by no number: whoever can change catalogs can take the order of numbers away.
constexpr std::string_view table_list = R"sql(
  SELECT n.nspname, c.relname, c.relkind::text, CASE c.relpersistence WHEN 'u' THEN 'unlogged table' ELSE 'table' END,
         pg_table_size(c.oid)
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

std::int64_t bytes_of(const Row& table) {
  return std::stoll(table[4].value_or("0"));
}

/// The tables of a database, which readers take one by one. The largest come first, so that no
/// reader is left alone with one at the end.
class Tables {
 public:
  Tables(Session& session, std::string prefix, Reading reading)
      : prefix_(std::move(prefix)),
        reading_(reading),
        hashes_(reading == Reading::without_content ? RowHashes{} : row_hashes(session)),
        tables_(session.exec(table_list)),
        readers_(readers_that_pay()) {
    std::stable_sort(tables_.begin(), tables_.end(),
        [](const Row& left, const Row& right) { return bytes_of(left) > bytes_of(right); });
  }

  [[nodiscard]] std::size_t readers() const { return readers_; }

  /// Reads what nobody has taken yet, until all is taken or a reader failed.
  Facts read(Session& session) {
    Facts facts;
    session.exec("SAVEPOINT pgrehearse_tables");
    std::size_t held = 0;
    for (std::size_t at = next_++; at < tables_.size(); at = next_++) {
      if (++held * readers_ >= most_locked) {
        session.exec("ROLLBACK TO SAVEPOINT pgrehearse_tables");  // the snapshot stays
        held = 0;
      }
      add(session, tables_[at], facts);
    }
    session.exec("ROLLBACK TO SAVEPOINT pgrehearse_tables");
    session.exec("RELEASE SAVEPOINT pgrehearse_tables");
    return facts;
  }

  void give_up() { next_ = tables_.size(); }

 private:
  [[nodiscard]] std::size_t readers_that_pay() const {
    const auto large = std::count_if(tables_.begin(), tables_.end(),
        [](const Row& table) { return bytes_of(table) >= much_data; });
    const std::size_t by_content =
        reading_ == Reading::without_content ? 0 : static_cast<std::size_t>(large);
    return std::clamp<std::size_t>(
        std::max(by_content, tables_.size() / many_tables), 1, most_readers);
  }

  void add(Session& session, const Row& table, Facts& facts) const {
    const std::string label = fmt::format("{}{} {}.{}", prefix_, *table[3], *table[0], *table[1]);
    const bool view = *table[2] == "m";
    const std::string name = identifier(*table[0]) + "." + identifier(*table[1]);
    const std::string from = view && reading_ == Reading::refreshed ? query_of(session, name)
                             : view                                 ? name
                                                                    : "ONLY " + name;
    if (reading_ == Reading::without_content) {
      facts.push_back({FactKind::rows, label, session.value("SELECT count(*) FROM " + from)});
      return;
    }
    const Row sums = sums_of(session, hashes_.at({*table[0], *table[1]}), from);
    facts.push_back({FactKind::rows, label, *sums[0]});
    facts.push_back({FactKind::content, label, *sums[1]});
  }

  std::string prefix_;
  Reading reading_;
  RowHashes hashes_;
  Rows tables_;
  std::size_t readers_;
  std::atomic<std::size_t> next_ = 0;
};

Facts read_beside(Tables& tables, const OneMoreSession& one_more, const std::string& snapshot) {
  try {
    Session session = one_more();
    session.exec("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    session.exec("SET TRANSACTION SNAPSHOT " + literal(snapshot));
    return tables.read(session);
  } catch (...) {
    tables.give_up();
    throw;
  }
}

}  // namespace

Facts table_contents(
    Session& session, const std::string& prefix, Reading reading, const OneMoreSession& one_more) {
  Tables tables{session, prefix, reading};
  std::vector<std::future<Facts>> others;
  if (one_more && tables.readers() > 1) {
    const std::string snapshot = session.value("SELECT pg_catalog.pg_export_snapshot()");
    for (std::size_t more = 1; more < tables.readers(); ++more) {
      others.push_back(std::async(std::launch::async,
          [&tables, &one_more, snapshot] { return read_beside(tables, one_more, snapshot); }));
    }
  }
  Facts facts;
  try {
    facts = tables.read(session);
  } catch (...) {
    tables.give_up();
    throw;
  }
  for (std::future<Facts>& other : others) {
    const Facts found = other.get();
    facts.insert(facts.end(), found.begin(), found.end());
  }
  std::sort(facts.begin(), facts.end());
  return facts;
}

}  // namespace pgrehearse
