#include "harness/pg/timeline_history.hpp"

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

// "1\t0/306F678\tat restore point \"x\""
std::optional<TimelineSwitch> switch_in(const std::string& line) {
  const std::size_t first = line.find('\t');
  const std::size_t second = line.find('\t', first == std::string::npos ? first : first + 1);
  std::uint32_t left = 0;
  const auto [end, code] = std::from_chars(line.data(), line.data() + line.size(), left);
  if (code != std::errc{} || first == std::string::npos || second == std::string::npos ||
      end != line.data() + first) {
    return std::nullopt;
  }
  return TimelineSwitch{.left = TimelineId{left},
      .at = Lsn::parse(line.substr(first + 1, second - first - 1)),
      .reason = line.substr(second + 1)};
}

}  // namespace

std::vector<TimelineSwitch> timeline_history_of(std::string_view text) {
  std::vector<TimelineSwitch> switches;
  int number = 0;
  for (const std::string& line : lines_of(std::string{text})) {
    ++number;
    const std::string_view words = trimmed(line);
    if (words.empty() || words.starts_with('#')) {
      continue;
    }
    const std::optional<TimelineSwitch> one = switch_in(line);
    if (!one) {
      throw Error{ErrorCode::bad_value,
          fmt::format("line {} of the timeline's history cannot be read", number)};
    }
    switches.push_back(*one);
  }
  return switches;
}

std::string history_file_name(TimelineId timeline) {
  return fmt::format("{:08X}.history", static_cast<std::uint32_t>(timeline));
}

}  // namespace pgrehearse
