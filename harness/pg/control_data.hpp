// What pg_control says of a data directory, read with pg_controldata while no server need run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/pg/lsn.hpp"

namespace pgrehearse {

struct ControlData {
  std::string state;                    ///< "in production", "shut down", "in archive recovery" ...
  std::uint64_t system_identifier = 0;  ///< the same on every physical copy: no proof of identity
  TimelineId timeline{};                ///< of the latest checkpoint
  TimelineId previous_timeline{};
  Lsn checkpoint;
  Lsn redo;
  Xid next_xid{};            ///< with its epoch: widens the 32-bit ids of pg_waldump
  Lsn minimum_recovery_end;  ///< 0/0 when no recovery is under way
  TimelineId minimum_recovery_timeline{};
  Lsn backup_start;
  Lsn backup_end;
  bool end_of_backup_required = false;
  std::string wal_level;
  /// A restored server with hot_standby must not have less of these five than the source had.
  int max_connections = 0;
  int max_worker_processes = 0;
  int max_wal_senders = 0;
  int max_prepared_transactions = 0;
  int max_locks_per_transaction = 0;
  bool track_commit_timestamp = false;
  std::uint64_t segment_bytes = 0;
  unsigned checksum_version = 0;  ///< 0: the cluster has no data checksums
  bool intact = true;             ///< false: pg_control's own checksum is wrong, so doubt it all
};

/// Reads the output of `pg_controldata` (PostgreSQL 12 or later) run with LC_ALL=C. Throws
/// Error{bad_value} naming the first entry that is missing or cannot be read.
[[nodiscard]] ControlData control_data_of(std::string_view text);

}  // namespace pgrehearse
