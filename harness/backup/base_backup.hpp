// A physical backup set taken by pg_basebackup, and its restore into an empty data directory.
//
// pg_verifybackup is blind in pg_wal, postgresql.auto.conf and signal files, so a set also carries
// a list of digests of our own over every file, checked again while the files are copied back.
#pragma once

#include <string>

#include "harness/base/time.hpp"
#include "harness/pg/cluster.hpp"
#include "harness/pg/lsn.hpp"

namespace pgrehearse {

struct BackupSet {
  std::string id;  ///< "full-1": its folder in the volume
  std::string volume;
  std::string digest_list = {};  ///< text: "<sha256> <bytes> <path>" a line
  Lsn start = {};                ///< from its manifest: replay begins here
  Lsn end = {};                  ///< a recovery target must lie after it
  TimelineId timeline{1};
  SteadyTime taken = {};  ///< when it was complete; what was committed before may not be in its WAL
  std::int64_t files = 0;
  std::int64_t bytes = 0;
};

struct BackupVerification {
  bool usable = false;
  std::string problem;  ///< names only: which tool said no
};

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
