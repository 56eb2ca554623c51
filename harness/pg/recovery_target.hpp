// What recovery is told to stop at, and the server settings that say so.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/pg/lsn.hpp"

namespace pgrehearse {

/// A restore point. The default choice: replay ends with its record, and nothing depends on a
/// clock. When a name occurs twice in the WAL the first one wins, so names must be unique.
struct AtName {
  std::string restore_point;
};
/// Ends before the first commit or abort *record* stamped later than `when` (at or after it when
/// not inclusive). That is a prefix of the WAL, not the set of commits with smaller stamps: under
/// load stamps and records are not in the same order. Some later commit must be in the archive.
struct AtTime {
  Timestamp when;
  bool inclusive = true;
};
/// Ends before the first record that starts at or after `lsn`; always exclusive. Positions that the
/// server hands out (pg_create_restore_point, pg_current_wal_lsn, pg_switch_wal) are *ends* of
/// records, so an inclusive stop would replay one record too many: a commit made after the marker
/// comes back.
struct AtLsn {
  Lsn lsn;
};
/// Ends at the commit or abort of this transaction. Others with higher ids may have committed
/// earlier.
struct AtXid {
  Xid xid{};
  bool inclusive = true;
};
/// Ends as soon as the backup is consistent: the earliest point it can be recovered to.
struct Immediate {};
/// Replays to the end of the archive, or to the first hole in it: the server cannot tell the two
/// apart.
struct Latest {};

using RecoveryTarget = std::variant<AtName, AtTime, AtLsn, AtXid, Immediate, Latest>;

/// postgresql.conf parameters (not restore_command, which belongs to the archive). The timeline is
/// pinned to its number: "latest" would follow the branch that an earlier drill left behind. The
/// action is promote: with the default, pause, a server answers queries and refuses every write.
/// Throws Error{bad_value} for a restore point's name that the server could not hold, and for the
/// ids below 3, which no transaction ever has. Source:
/// https://www.postgresql.org/docs/15/runtime-config-wal.html#RUNTIME-CONFIG-WAL-RECOVERY-TARGET
[[nodiscard]] std::vector<std::pair<std::string, std::string>> recovery_settings(
    const RecoveryTarget& target, TimelineId timeline);

/// For the record: "name 'r-7f3a/1'", "time 2026-11-21T03:09:28.123456Z, inclusive", "latest" ...
[[nodiscard]] std::string text_of(const RecoveryTarget& target);

/// Restore points have 1 to 63 bytes; printable ASCII only, so that no name can look like another
/// line in a log. Throws Error{bad_value}.
void check_restore_point_name(std::string_view name);

}  // namespace pgrehearse
