// The history file that a server writes when it begins a timeline: which one it left, where, and
// why. A witness of its own: it is written at the promotion, not said in the log.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/pg/lsn.hpp"

namespace pgrehearse {

struct TimelineSwitch {
  TimelineId left{};   ///< the timeline that ended here
  Lsn at = {};         ///< the end of the last record replayed on it
  std::string reason;  ///< "at restore point \"x\"", "no recovery target specified" ...
};

/// Oldest first; the last line is the promotion itself. Throws Error{bad_value} naming the line
/// that is none (PostgreSQL, timeline.c: readTimeLineHistory).
[[nodiscard]] std::vector<TimelineSwitch> timeline_history_of(std::string_view text);

/// "00000002.history"
[[nodiscard]] std::string history_file_name(TimelineId timeline);

}  // namespace pgrehearse
