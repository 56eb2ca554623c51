// What pgBackRest 2.45 says, and what it means. Its info and verify commands exit 0 whatever they
// found, so the answers are read and the statuses are not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/backup/backup_set.hpp"
#include "harness/base/time.hpp"
#include "harness/pg/lsn.hpp"

namespace pgrehearse {

struct PgbackrestBackup {
  std::string label;       ///< "20261121-115138F_20261121-115141I"
  std::string type;        ///< "full", "diff", "incr"
  std::string prior = {};  ///< label of the set it builds on; empty: none
  Timestamp stopped = {};  ///< by the clock of its host, in whole seconds
  Lsn start = {};
  Lsn stop = {};
  TimelineId timeline{1};
  std::int64_t bytes = 0;         ///< of the database, before compression
  bool damaged = false;           ///< pages with wrong checksums were backed up
  std::string last_segment = {};  ///< with which it is consistent
  std::string archive_id = {};    ///< of the WAL of its cluster, "15-1"; empty: not told
};

/// The backups in the answer of `info --output=json`, oldest first. Throws Error{backup_unusable}
/// when the answer is not JSON (a wrong passphrase makes it hold the undeciphered bytes), or when
/// the stanza or one of its repositories does not have status 0; Error{program_failed} when the
/// stanza is not in it.
[[nodiscard]] std::vector<PgbackrestBackup> backups_in_info(
    std::string_view json, std::string_view stanza);

/// What `verify --output=text --verbose` says.
struct PgbackrestVerify {
  std::string_view out;
  std::string_view log;  ///< of its level "info", which names the files that are not valid
};
/// What it says of one backup and of the WAL from `first_segment` on: what was damaged before the
/// backup began is of no concern to it. Segments that are missing altogether are not noticed by
/// 2.45 (tried): recovery notices.
[[nodiscard]] BackupVerification verification_in(
    const PgbackrestVerify& said, std::string_view label, std::string_view first_segment);

/// Exit statuses are error codes here. True for those that a set gives which is not what was taken,
/// or which the passphrase does not open.
[[nodiscard]] bool means_unusable(int status);

/// Lines that begin with WARN or ERROR, shortened, and up to the first byte that is not printable
/// ASCII: undeciphered bytes are no text.
[[nodiscard]] std::vector<std::string> pgbackrest_complaints(std::string_view err);

}  // namespace pgrehearse
