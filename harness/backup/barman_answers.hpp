// What Barman 3.4 says, and what it means.
//
// Its exit status says whether the command was carried out, not whether what came of it is good: a
// set whose files were cut short is restored with status 0, and one whose backup.info is empty is
// listed with status 0 (tried). So sets are verified before they are used, and the list is read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/pg/lsn.hpp"

namespace pgrehearse {

struct BarmanBackup {
  std::string label;  ///< "20261121T193408"
  Lsn start = {};
  Lsn stop = {};
  TimelineId timeline{1};
  std::int64_t bytes = 0;  ///< on disk, without WAL
};

/// Sets of status DONE in the answer of `--format json list-backup`, oldest first. FAILED and EMPTY
/// are what unfinished ones leave; WAITING_FOR_WALS lacks WAL. Throws Error{backup_unusable} when
/// the answer is not JSON or tells of an exception, Error{program_failed} when the server is not in
/// it.
[[nodiscard]] std::vector<std::string> labels_in_list(
    std::string_view json, const std::string& server);

/// The answer of `--format json show-backup`. Throws Error{program_failed} when the set is not
/// DONE, or the form is not known.
[[nodiscard]] BarmanBackup backup_in_show(std::string_view json, const std::string& server);

/// Lines of standard error that begin with WARNING, ERROR or EXCEPTION, and those of
/// pg_verifybackup behind them; shortened, printable ASCII only.
[[nodiscard]] std::vector<std::string> barman_complaints(std::string_view err);

/// postgresql.auto.conf as `recover --get-wal` leaves it, with `command` as its restore_command.
/// Barman writes "sudo -u USER barman get-wal ..." without the path of its configuration, and tells
/// whoever restores to review it. Throws Error{program_failed} when there is no such line.
[[nodiscard]] std::string with_restore_command(std::string_view text, const std::string& command);

}  // namespace pgrehearse
