// One line of a server's log, and the part of it that is safe to show.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pgrehearse {

struct LogLine {
  std::string_view pid;
  std::string_view level;  ///< "LOG", "FATAL", "DETAIL" ...
  std::string_view message;
};

/// Nothing for a line without the prefix '%m [%p] ' and a level. Views into `line`.
[[nodiscard]] std::optional<LogLine> log_line_of(std::string_view line);

/// "FATAL: could not restore file from archive": the level and fixed words of ours for a message
/// that is known, else "ERROR: (text withheld)". No part of the message itself is ever returned.
[[nodiscard]] std::string fixed_part_of(const LogLine& line);

/// WARNING, ERROR, FATAL or PANIC, and not the refusal of a client that came too early or too late.
[[nodiscard]] bool is_unexpected(const LogLine& line);

}  // namespace pgrehearse
