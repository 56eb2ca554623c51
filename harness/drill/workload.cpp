#include "harness/drill/workload.hpp"

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

// After an incident every transaction may fail; a writer that gets nothing done says so and stops.
constexpr int failures_in_a_row_allowed = 25;

std::string replaced(std::string text, std::string_view what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

Xid parse_xid(const std::string& text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return Xid{value};
}

}  // namespace

void create_commit_table(Session& session, const std::string& writer_role) {
  session.exec(R"sql(
    CREATE SCHEMA IF NOT EXISTS pgrehearse;
    CREATE TABLE pgrehearse.commits (writer int, sequence bigint, xid xid8 NOT NULL, PRIMARY KEY (writer, sequence));
    CREATE TABLE pgrehearse.sentinels (marker text PRIMARY KEY);
    COMMENT ON SCHEMA pgrehearse IS 'the drill''s own: which commits clients saw acknowledged')sql");
  if (!writer_role.empty()) {
    session.exec(
        fmt::format("GRANT USAGE ON SCHEMA pgrehearse TO {0}; GRANT INSERT, SELECT ON "
                    "pgrehearse.commits TO {0}; GRANT SELECT ON pgrehearse.sentinels TO {0}",
            identifier(writer_role)));
  }
}

bool clients_write_to(Session& session, const std::string& table) {
  return session.value(
             fmt::format("SELECT EXISTS (SELECT FROM ONLY {} WHERE pg_catalog.age(xmin) <= "
                         "(SELECT max(pg_catalog.age(xmin)) FROM pgrehearse.commits))",
                 table)) == "t";
}

std::string filled(const std::string& sql, int writer, std::int64_t sequence) {
  return replaced(
      replaced(sql, "$writer$", fmt::format("{}", writer)), "$seq$", fmt::format("{}", sequence));
}

Workload::Workload(WorkloadPlan plan, ConnectionSpec connection, Ledger& ledger)
    : plan_(std::move(plan)), ledger_(ledger) {
  connection.application = "pgrehearse writer";
  alive_ = plan_.writers;
  for (int writer = 1; writer <= plan_.writers; ++writer) {
    threads_.emplace_back([this, writer, connection](
                              const std::stop_token& stop) { write(stop, writer, connection); });
  }
}

Workload::~Workload() {
  for (std::jthread& thread : threads_) {
    thread.request_stop();
  }
  changed_.notify_all();
}

void Workload::write(const std::stop_token& stop, int writer, const ConnectionSpec& connection) {
  int failures_in_a_row = 0;
  bool in_turn = false;
  try {
    Session session{connection};
    for (std::int64_t sequence = 1; failures_in_a_row < failures_in_a_row_allowed; ++sequence) {
      wait_for_turn(stop);
      if (stop.stop_requested()) {
        break;
      }
      in_turn = true;
      try {
        failures_in_a_row = settle_one(session, writer, sequence) ? 0 : failures_in_a_row + 1;
      } catch (const QueryError& error) {
        ++failures_in_a_row;
        ledger_.failed(writer, sequence);
        const std::scoped_lock lock{mutex_};
        last_failure_ = error.message();
      }
      const std::scoped_lock lock{mutex_};
      --busy_;
      in_turn = false;
      changed_.notify_all();
    }
  } catch (const Error& error) {
    const std::scoped_lock lock{mutex_};
    last_failure_ = error.message();
  }
  const std::scoped_lock lock{mutex_};
  busy_ -= in_turn ? 1 : 0;
  --alive_;
  changed_.notify_all();
}

void Workload::wait_for_turn(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, stop, [&] { return !held_; });
  if (!stop.stop_requested()) {
    ++busy_;
  }
}

bool Workload::settle_one(Session& session, int writer, std::int64_t sequence) {
  std::string batch = "BEGIN;";
  for (const std::string& statement : plan_.sql) {
    batch += filled(statement, writer, sequence) + ";";
  }
  batch += fmt::format(
      "INSERT INTO pgrehearse.commits VALUES ({}, {}, pg_catalog.pg_current_xact_id()) RETURNING "
      "xid",
      writer, sequence);
  Xid xid{};
  try {
    xid = parse_xid(session.exec(batch).front().front().value_or("0"));
  } catch (const QueryError&) {
    session.exec("ROLLBACK");
    throw;
  }
  const std::size_t place = ledger_.invoke(writer, sequence, xid);
  try {
    session.exec("COMMIT");
    ledger_.settle(place, Outcome::acknowledged);
    return true;
  } catch (const QueryError&) {
    ledger_.settle(place, Outcome::failed);
    session.exec("ROLLBACK");
    return false;
  } catch (const Error&) {
    ledger_.settle(place, Outcome::in_doubt);  // the connection broke between COMMIT and its answer
    throw;
  }
}

void Workload::run_until_acknowledged(std::int64_t commits, Milliseconds deadline) {
  const std::int64_t wanted = ledger_.acknowledged() + commits;
  release();
  wait_until(fmt::format("{} acknowledged commits", commits), deadline,
      [&]() -> std::optional<std::string> {
        if (ledger_.acknowledged() >= wanted) {
          return std::nullopt;
        }
        const std::scoped_lock lock{mutex_};
        if (alive_ == 0) {
          throw Error{ErrorCode::query_failed, "every writer gave up: " + last_failure_,
              "Does the workload in drill.yaml run by hand, as the role it names, after migrations "
              "and seed?"};
        }
        return fmt::format("{} to go", wanted - ledger_.acknowledged());
      });
}

void Workload::run_until_settled(std::int64_t transactions, Milliseconds deadline) {
  const std::int64_t wanted = ledger_.settled() + transactions;
  release();
  wait_until(fmt::format("{} settled transactions", transactions), deadline,
      [&]() -> std::optional<std::string> {
        const std::scoped_lock lock{mutex_};
        if (ledger_.settled() >= wanted || alive_ == 0) {
          return std::nullopt;
        }
        return fmt::format("{} to go", wanted - ledger_.settled());
      });
}

void Workload::hold() {
  {
    const std::scoped_lock lock{mutex_};
    held_ = true;
  }
  wait_until(
      "the writers to finish what is in flight", Seconds{60}, [&]() -> std::optional<std::string> {
        const std::scoped_lock lock{mutex_};
        return busy_ == 0 || alive_ == 0
                   ? std::nullopt
                   : std::optional{fmt::format("{} transactions in flight", busy_)};
      });
}

void Workload::release() {
  const std::scoped_lock lock{mutex_};
  held_ = false;
  changed_.notify_all();
}

}  // namespace pgrehearse
