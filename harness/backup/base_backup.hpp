// A physical backup set taken by pg_basebackup, and its restore into an empty data directory.
//
// pg_verifybackup is blind in pg_wal, postgresql.auto.conf and signal files, so a set also carries
// a list of digests of our own over every file, checked again while the files are copied back.
#pragma once

#include <string>

#include "harness/backup/backup_set.hpp"
#include "harness/pg/cluster.hpp"

namespace pgrehearse {

/// Runs pg_basebackup beside the source (`checkpoint` is fast or spread, WAL streamed, manifest
/// with SHA-256 left to our own list) into an empty folder of the volume. Throws
/// Error{program_failed}.
[[nodiscard]] BackupSet take_base_backup(Cluster& source, const std::string& volume,
    const std::string& id, const std::string& checkpoint);
/// pg_verifybackup against the manifest, run through `instance`. Our own list, which also covers
/// what pg_verifybackup is blind to, is held against every byte when the set is copied back.
[[nodiscard]] BackupVerification verify_base_backup(Instance& instance, const BackupSet& set);
/// Copies the set into the instance's empty data directory, comparing every byte with the list on
/// the way. Throws Error{backup_unusable} naming the files that differ; then the data directory is
/// empty again.
void restore_base_backup(Instance& instance, const BackupSet& set);

}  // namespace pgrehearse
