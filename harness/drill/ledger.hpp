// The client-side list of commits, written outside Postgres: what was asked, and what was answered.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/drill/record.hpp"
#include "harness/pg/lsn.hpp"

namespace pgrehearse {

/// How a commit ended, as its client saw it. `invoked` alone at the end of a run counts as in
/// doubt.
enum class Outcome { invoked, acknowledged, failed, in_doubt };

struct LedgerEntry {
  int writer = 0;
  std::int64_t sequence = 0;    ///< per writer, from 1
  std::optional<Xid> xid = {};  ///< learned inside the transaction, before COMMIT was sent
  Outcome outcome = Outcome::invoked;
  SteadyTime invoked_at = {};  ///< just before COMMIT was sent
  SteadyTime settled_at = {};  ///< just after the answer came
};

/// Safe to use from many writers. The file holds a line per event; a line of `invoke` is on disk
/// (fdatasync) before invoke() returns, a line of `settle` at the latest with the writer's next
/// invoke.
class Ledger {
 public:
  explicit Ledger(const std::filesystem::path& file);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  /// Before COMMIT is sent. Returns the entry's place for settle().
  std::size_t invoke(int writer, std::int64_t sequence, std::optional<Xid> xid);
  void settle(std::size_t place, Outcome outcome);
  /// A transaction that failed before COMMIT was sent.
  void failed(int writer, std::int64_t sequence);

  [[nodiscard]] std::vector<LedgerEntry> entries() const;
  [[nodiscard]] std::int64_t acknowledged() const;
  /// Settled one way or the other.
  [[nodiscard]] std::int64_t settled() const;

 private:
  void append(const LedgerEntry& entry, bool durable);

  mutable std::mutex mutex_;
  int fd_ = -1;
  std::vector<LedgerEntry> entries_;
  std::int64_t acknowledged_ = 0;
  std::int64_t settled_ = 0;
};

}  // namespace pgrehearse
