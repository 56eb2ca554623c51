#include "harness/drill/environment_file.hpp"

#include <optional>
#include <utility>

#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view blank = " \t";

std::string_view without_export(std::string_view line) {
  constexpr std::string_view word = "export";
  if (line.starts_with(word) && line.find_first_of(blank) == word.size()) {
    return trimmed(line.substr(word.size()));
  }
  return line;
}

std::string_view without_quotes_or_comment(std::string_view value) {
  if (value.starts_with('"') || value.starts_with('\'')) {
    return value.substr(1, value.find(value.front(), 1) - 1);
  }
  for (std::size_t at = value.find('#'); at != std::string_view::npos;
       at = value.find('#', at + 1)) {
    if (at == 0 || blank.find(value[at - 1]) != std::string_view::npos) {
      return trimmed(value.substr(0, at));
    }
  }
  return value;
}

std::optional<EnvironmentLine> assignment_in(std::string_view line) {
  line = without_export(trimmed(line));
  const std::size_t end = line.find('=');
  if (line.starts_with('#') || end == std::string_view::npos) {
    return std::nullopt;
  }
  return EnvironmentLine{.name = std::string{trimmed(line.substr(0, end))},
      .value = std::string{without_quotes_or_comment(trimmed(line.substr(end + 1)))}};
}

}  // namespace

std::vector<EnvironmentLine> environment_lines(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) {
    text.remove_prefix(byte_order_mark.size());
  }
  std::vector<EnvironmentLine> found;
  std::size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    if (std::optional<EnvironmentLine> assignment = assignment_in(line)) {
      assignment->line = number;
      found.push_back(std::move(*assignment));
    }
  }
  return found;
}

}  // namespace pgrehearse
