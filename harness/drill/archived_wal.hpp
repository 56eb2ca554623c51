// What the archived WAL since a backup says, read to its end or not at all.
#pragma once

#include <string>

#include "harness/backup/archive.hpp"
#include "harness/backup/backup_set.hpp"
#include "harness/pg/wal_oracle.hpp"
#include "harness/pg/wal_reading.hpp"

namespace pgrehearse {

/// From the segment in which replay of the backup begins.
[[nodiscard]] WalRange archived_range(const Archive& archive, const Instance& instance,
    const BackupSet& since, const std::string& last_segment);

/// Its commits and restore points. Throws Error{archive_gap} when it cannot be read to its end.
[[nodiscard]] WalOracle archived_commits(const Archive& archive, const Cluster& source,
    const BackupSet& since, const std::string& last_segment);

/// The same as `instance` sees it, with the transaction ids widened by the set's own control data.
[[nodiscard]] WalOracle archived_commits(const Archive& archive, Instance& instance,
    const BackupSet& since, const std::string& last_segment);

/// Throws Error{archive_gap} unless all of the range was read and every line understood.
void demand_whole(const WalReading& reading, std::size_t strange_lines);

}  // namespace pgrehearse
