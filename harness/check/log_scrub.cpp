#include "harness/check/log_scrub.hpp"

#include <array>

#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::array<std::string_view, 5> dropped{
    "DETAIL:  ", "HINT:  ", "CONTEXT:  ", "QUERY:  ", "STATEMENT:  "};

bool holds(const std::string& line, std::string_view what) {
  return line.find(what) != std::string::npos;
}

std::string without_quotations(const std::string& line) {
  std::string kept;
  bool quoted = false;
  for (const char letter : line) {
    if (letter == '"') {
      kept += quoted ? "...\"" : "\"";
      quoted = !quoted;
    } else if (!quoted) {
      kept += letter;
    }
  }
  return quoted ? kept + "..." : kept;
}

}  // namespace

std::string scrubbed_log(std::string_view log) {
  std::string kept;
  bool dropping = false;
  for (const std::string& line : lines_of(log)) {
    const bool continues = line.starts_with('\t');
    if (!continues) {
      dropping = false;
      for (const std::string_view level : dropped) {
        dropping = dropping || holds(line, level);
      }
    }
    if (!dropping) {
      kept += (!continues && holds(line, "LOG:  ") ? line : without_quotations(line)) + "\n";
    }
  }
  return kept;
}

}  // namespace pgrehearse
