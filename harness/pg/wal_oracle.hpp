// Which transactions the WAL holds, in the order of the WAL: the expected set of a recovery.
//
// The rows a client remembers leave open what became of the transactions in flight at the target.
// The WAL does not: a recovery that stops at a position holds exactly the commits whose records
// start before it. Read it from the archive with a pg_waldump of the source's major version.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/pg/lsn.hpp"
#include "harness/pg/wal_reading.hpp"

namespace pgrehearse {

struct WalCommit {
  Xid xid{};
  std::vector<Xid> subxacts = {};  ///< committed with it, at any depth
  Lsn lsn;                         ///< start of the record
  Timestamp when;                  ///< stamped before the record was inserted: not in WAL order
  bool prepared = false;           ///< COMMIT PREPARED
};

struct WalAbort {
  Xid xid{};  ///< also of a subtransaction that was rolled back on its own
  std::vector<Xid> subxacts = {};
  Lsn lsn;
  Timestamp when;
  bool prepared = false;
};

/// A first phase. Recovered without its second phase, it holds its locks again: see
/// pg_prepared_xacts.
struct WalPrepare {
  Xid xid{};
  Lsn lsn;
};

struct WalRestorePoint {
  std::string name;
  Lsn start;  ///< of the record
  Lsn end;    ///< what pg_create_restore_point returned
};

struct WalOracle {
  std::vector<WalCommit> commits = {};  ///< in WAL order
  std::vector<WalAbort> aborts = {};
  std::vector<WalPrepare> prepares = {};
  std::vector<WalRestorePoint> restore_points = {};
  WalReading reading = {};  ///< anything but whole_range: the rest is not known
  /// Lines that are no records or not in order. Above 0, a name with a newline in it (of a prepared
  /// transaction, say) may have forged records: trust nothing.
  std::size_t strange_lines = 0;

  /// What a recovery holds that stops before the first record at or after `lsn`.
  [[nodiscard]] std::span<const WalCommit> commits_before(Lsn lsn) const;
  /// The first restore point of this name, which is where recovery stops; null when there is none.
  [[nodiscard]] const WalRestorePoint* restore_point(std::string_view name) const;
};

/// Reads the output of waldump_program. `near` is any full transaction id of the cluster within two
/// billion of those in the WAL (see widened). Throws Error{bad_value} when a commit cannot be read,
/// or when times are not in UTC.
[[nodiscard]] WalOracle wal_oracle_of(
    const Completed& dump, Xid near, std::uint64_t segment_bytes = usual_segment_bytes);

}  // namespace pgrehearse
