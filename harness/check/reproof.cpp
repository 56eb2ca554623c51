#include "harness/check/reproof.hpp"

#include <fmt/format.h>

#include "harness/check/capture.hpp"
#include "harness/check/index_pages.hpp"
#include "harness/check/reproof_queries.hpp"

namespace pgrehearse {
namespace {

// A function that names a table without its schema finds it only on the database's own path; what
// is asked stays qualified but for operators, which a hostile path could replace: so this comes
// second.
std::string on_the_own_path(Session& session, const std::string& statement) {
  session.exec("RESET search_path");
  try {
    std::string answer = session.value(statement);
    session.exec("SET search_path = pg_catalog");
    return answer;
  } catch (const QueryError&) {
    session.exec("SET search_path = pg_catalog");
    throw;
  }
}

std::string answer_to(Session& session, const std::string& statement) {
  try {
    return session.value(statement);
  } catch (const QueryError&) {
    return on_the_own_path(session, statement);
  }
}

class Reproof {
 public:
  Reproof(Session& session, const std::string& database) : session_(session), database_(database) {}

  std::vector<Ailment> take() {
    session_.exec(fixed_reading_settings());
    // A refusal here is an answer, and no line for the server's log.
    session_.exec(
        "SET log_min_messages = panic; SET enable_indexscan = off; SET enable_indexonlyscan = off; "
        "SET enable_bitmapscan = off");
    for (const Row& row : session_.exec(promises())) {
      ask(*row[0], *row[1], *row[2]);
    }
    for (const Row& row : session_.exec(printings())) {
      print(*row[0], *row[1]);
    }
    for (const Row& row : session_.exec(counted_indexes())) {
      count(row);
    }
    for (Ailment& unreadable : unreadable_indexes_in(session_, database_)) {
      found_.push_back(std::move(unreadable));
    }
    return std::move(found_);
  }

 private:
  void add(const std::string& relation, const std::string& what) {
    found_.push_back({database_ + "." + relation, what});
  }

  void ask(const std::string& relation, const std::string& wrong, const std::string& statement) {
    try {
      if (answer_to(session_, statement) == "t") {
        add(relation, wrong);
      }
    } catch (const QueryError& error) {
      add(relation, fmt::format("could not ask whether {}: {}", wrong, error.sqlstate()));
    }
  }

  void print(const std::string& relation, const std::string& statement) {
    try {
      static_cast<void>(session_.exec(statement));
    } catch (const QueryError&) {
      try {
        session_.exec("RESET search_path");
        static_cast<void>(session_.exec(statement));
      } catch (const QueryError& error) {
        const bool domain = error.sqlstate() == "23514" || error.sqlstate() == "23502";
        add(relation, domain ? "a value is not of its domain"
                             : fmt::format("a value cannot be printed: {}", error.sqlstate()));
      }
      session_.exec("SET search_path = pg_catalog");
    }
  }

  // The planner cannot be told which index to take, only that there is no other.
  void count(const Row& index) {
    const std::string& statement = *index[4];
    try {
      session_.exec("BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE");
      const std::string rows = session_.value(statement);
      session_.exec(
          fmt::format("UPDATE pg_index SET indisvalid = false WHERE indrelid = {} AND "
                      "indexrelid <> {} AND indisvalid",
              *index[3], *index[1]));
      session_.exec(
          "SET LOCAL enable_indexscan = on; SET LOCAL enable_indexonlyscan = on; "
          "SET LOCAL enable_seqscan = off");
      if (takes(statement, *index[2]) && session_.value(statement) != rows) {
        add(*index[0], "it holds another number of rows than its table");
      }
    } catch (const QueryError& error) {
      add(*index[0], "its rows cannot be counted: " + error.sqlstate());
    }
    session_.exec("ROLLBACK");
  }

  // Not every index can be read from end to end.
  bool takes(const std::string& statement, const std::string& index) {
    for (const Row& line : session_.exec("EXPLAIN (COSTS OFF) " + statement)) {
      if (line[0]->find(" using " + index + " on ") != std::string::npos) {
        return true;
      }
    }
    return false;
  }

  Session& session_;
  const std::string& database_;
  std::vector<Ailment> found_ = {};
};

}  // namespace

std::vector<Ailment> disproven_in(Session& session, const std::string& database) {
  return Reproof{session, database}.take();
}

}  // namespace pgrehearse
