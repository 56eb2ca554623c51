// The clients of a drill: N writers, each committing the subject's transaction again and again,
// each commit in the ledger.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "harness/drill/ledger.hpp"
#include "harness/pg/session.hpp"

namespace pgrehearse {

/// The harness' own schema in the database under drill. Each writer's transaction adds one row to
/// pgrehearse.commits, so that a restored database can be asked which commits it holds.
void create_commit_table(Session& session, const std::string& writer_role);

/// Whether this table, named as SQL wants it, holds a row that is not older than the first commit
/// of the clients: then they write there. Rows that they only removed leave nothing to be seen.
[[nodiscard]] bool clients_write_to(Session& session, const std::string& table);

struct WorkloadPlan {
  int writers = 4;
  std::vector<std::string>
      sql;  ///< of one transaction; $writer$ and $seq$ are replaced by integers
};

/// The text one writer sends for one transaction: $writer$ and $seq$ replaced.
[[nodiscard]] std::string filled(const std::string& sql, int writer, std::int64_t sequence);

/// Writers are held when constructed. Not safe to share between threads itself.
class [[nodiscard]] Workload {
 public:
  /// Opens every connection. Throws Error{connection_lost}.
  Workload(WorkloadPlan plan, ConnectionSpec connection, Ledger& ledger);
  ~Workload();
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;

  /// Lets the writers run until this many more commits are acknowledged. Throws Error{timed_out},
  /// or the first error of a writer whose transactions keep failing.
  void run_until_acknowledged(std::int64_t commits, Milliseconds deadline);
  /// Lets the writers run until this many more transactions are settled, failed ones included: what
  /// clients do after an incident.
  void run_until_settled(std::int64_t transactions, Milliseconds deadline);
  /// Waits until no transaction is in flight and keeps it so: the barrier.
  void hold();
  /// Lets the writers run until hold().
  void release();

 private:
  void write(const std::stop_token& stop, int writer, const ConnectionSpec& connection);
  void wait_for_turn(const std::stop_token& stop);
  /// True when the commit was acknowledged.
  bool settle_one(Session& session, int writer, std::int64_t sequence);

  WorkloadPlan plan_;
  Ledger& ledger_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool held_ = true;
  int busy_ = 0;
  int alive_ = 0;
  std::string last_failure_;
  std::vector<std::jthread> threads_;
};

}  // namespace pgrehearse
