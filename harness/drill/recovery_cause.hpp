// Why recovery ended, in one word, and at which segment: what the server's log says, held against
// what was asked of it and against what it was given.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/backup/archive.hpp"
#include "harness/pg/recovery_log.hpp"
#include "harness/pg/recovery_target.hpp"

namespace pgrehearse {

enum class EndingCause {
  as_asked,                ///< at the target; or, asked for the latest, at the end of the archive
  another_point,           ///< at a target, but not at the one that was asked for
  end_of_archive,          ///< before the target, or in the middle of what should have been there
  restore_command_failed,  ///< it was given something else than a segment or "there is none"
  skipped,                 ///< the server runs and has recovered nothing from the archive
  bad_target,              ///< the server refused the target itself
  died,                    ///< the server went away, maybe after it had said that it started
  still_going,             ///< nothing ended it so far; or it waits at the target, unpromoted
};
[[nodiscard]] std::string_view name_of(EndingCause cause);

struct RecoveryCause {
  EndingCause cause = EndingCause::still_going;
  /// The first that was bad, or that was asked for and missing; empty when no segment is to blame,
  /// or none is known.
  std::string segment = {};
};
/// "end of archive, first missing or bad segment 000000010000000000000007"
[[nodiscard]] std::string text_of(const RecoveryCause& cause);

/// `serving`: out of recovery and answering now, whatever the log says.
[[nodiscard]] RecoveryCause cause_of(const RecoveryEnding& log,
    const std::vector<SegmentRequest>& requests, const RecoveryTarget& asked, bool serving);

}  // namespace pgrehearse
