// A server log that may be handed on: whatever a statement can put there may hold row values, so
// only words that are known are kept.
#pragma once

#include <string>
#include <string_view>

namespace pgrehearse {

/// Keeps the lines in which the server speaks of itself (start, recovery, checkpoints). Of any
/// other LOG line, and of every complaint, time, process and level stay, with fixed words of ours
/// in place of the message (see fixed_part_of()). Continuations, DETAIL, HINT, CONTEXT, QUERY and
/// STATEMENT lines, and lines without the prefix '%m [%p] ', are dropped.
[[nodiscard]] std::string scrubbed_log(std::string_view log);

}  // namespace pgrehearse
