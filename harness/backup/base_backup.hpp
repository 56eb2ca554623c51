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
/// A set that lies in the volume already, whoever took it: what it says of itself, by its manifest
/// or its backup_label, and digests of it as it is now. Throws Error{backup_unusable} when it has
/// neither, or is of another major version than `server_version`.
[[nodiscard]] BackupSet base_backup_there(Instance& instance, const std::string& volume,
    const std::string& id, const std::string& server_version);
/// Tools with an archive of their own leave out of the set what the archive has.
enum class WalOfSet { inside, maybe_archived };
/// pg_verifybackup against the manifest, run through `instance`. WAL that is not in the set is not
/// looked for when it may be archived: recovery tells whether it is there. Our own list, which also
/// covers what pg_verifybackup is blind to, is held against every byte when the set is copied back.
[[nodiscard]] BackupVerification verify_base_backup(
    Instance& instance, const BackupSet& set, WalOfSet wal = WalOfSet::inside);
/// Copies the set into the instance's empty data directory, comparing every byte with the list on
/// the way. Throws Error{backup_unusable} naming the files that differ; then the data directory is
/// empty again.
void restore_base_backup(Instance& instance, const BackupSet& set);

}  // namespace pgrehearse
