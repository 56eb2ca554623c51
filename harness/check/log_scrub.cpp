#include "harness/check/log_scrub.hpp"

#include <algorithm>
#include <array>

#include "harness/base/text.hpp"
#include "harness/pg/log_line.hpp"

namespace pgrehearse {
namespace {

// How the server begins what it says of itself. Other LOG lines come from RAISE LOG, log_statement
// and log_min_duration_statement, and hold statements.
constexpr auto of_the_server_itself = std::to_array<std::string_view>({"starting PostgreSQL ",
    "listening on ", "database system ", "starting archive recovery",
    "starting point-in-time recovery ", "starting backup recovery ", "completed backup recovery ",
    "restored log file ", "redo starts at ", "redo done at ", "redo is not required",
    "redo in progress", "consistent recovery state reached at ", "recovery stopping ",
    "recovery has paused", "pausing at the end of recovery", "recovery restart point at ",
    "last completed transaction was at log time ", "selected new timeline ID: ",
    "archive recovery complete", "restore point ", "checkpoint starting: ", "checkpoint complete: ",
    "restartpoint starting: ", "restartpoint complete: ", "received ", "shutting down",
    "aborting any active transactions", "server process (PID ", "terminating any other active ",
    "all server processes terminated", "archive command failed ", "invalid record length at ",
    "invalid magic number ", "invalid resource manager ID ", "invalid info bits ",
    "unexpected pageaddr ", "incorrect resource manager data checksum ", "record with ",
    "there is no contrecord flag ", "contrecord is requested by "});

constexpr std::array<std::string_view, 4> additions{"DETAIL", "HINT", "CONTEXT", "STATEMENT"};

bool is_addition(const LogLine& line) {
  return std::find(additions.begin(), additions.end(), line.level) != additions.end();
}

bool is_safe(const LogLine& line) {
  if (line.level == "FATAL") {
    return !is_unexpected(line);  // the refusal of a client: one of four fixed sentences
  }
  return line.level == "LOG" &&
         std::any_of(of_the_server_itself.begin(), of_the_server_itself.end(),
             [&](std::string_view begin) { return line.message.starts_with(begin); });
}

}  // namespace

std::string scrubbed_log(std::string_view log) {
  std::string kept;
  for (const std::string& text : lines_of(log)) {
    const std::optional<LogLine> line = log_line_of(text);
    if (!line.has_value() || is_addition(*line)) {
      continue;
    }
    if (is_safe(*line)) {
      kept += text;
    } else {
      const auto stamp = static_cast<std::size_t>(line->level.data() - text.data());
      kept += text.substr(0, stamp) + fixed_part_of(*line);
    }
    kept += '\n';
  }
  return kept;
}

}  // namespace pgrehearse
