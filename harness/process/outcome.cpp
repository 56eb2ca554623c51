#include "harness/process/outcome.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

std::string last_words(const std::string& err) {
  const std::vector<std::string> lines = lines_of(err);
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (!trimmed(*line).empty()) {
      return fmt::format(": {}", trimmed(*line));
    }
  }
  return "";
}

}  // namespace

Completed demand_success(Completed completed, const Program& program, std::string_view hint) {
  if (completed.ok()) {
    return completed;
  }
  const std::string name = program.argv.empty() ? "" : program.argv.front();
  if (completed.timed_out) {
    throw Error{ErrorCode::timed_out,
        fmt::format("{} did not end within {}{}", name, readable(program.deadline),
            last_words(completed.err)),
        std::string{hint}};
  }
  throw Error{ErrorCode::program_failed,
      fmt::format("{} ended with status {}{}", name, completed.status, last_words(completed.err)),
      std::string{hint}};
}

}  // namespace pgrehearse
