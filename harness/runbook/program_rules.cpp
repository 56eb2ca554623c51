// What Postgres' own programs do without being asked, and what they no longer do.
#include <algorithm>
#include <regex>

#include "harness/runbook/program_options.hpp"
#include "harness/runbook/psql_call.hpp"
#include "harness/runbook/reading.hpp"

namespace pgrehearse {
namespace {

// A ~/.psqlrc of one's own choice: what is in it is not ours to guess.
bool chooses_psqlrc(const ShellCommand& command) {
  const auto chooses = [](const std::string& text) { return text.starts_with("PSQLRC="); };
  return std::any_of(command.assignments.begin(), command.assignments.end(), chooses) ||
         std::any_of(command.words.begin(), command.words.end(), chooses);
}

void look_at_psql(const ShellCommand& command, bool chosen, Reading& reading) {
  if (!runs_a_script(command) || chosen) {
    return;
  }
  if (!stops_on_error(command)) {
    reading.find("psql-goes-on", command.line);
  }
  if (!has_option(options_in(arguments_of(command), options_of_psql()), 'X')) {
    reading.find("psqlrc", command.line);
  }
}

void look_at_pg_restore(const ShellCommand& command, Reading& reading) {
  const auto options = options_in(arguments_of(command), options_of_pg_restore());
  if (program_of(command) == "pg_restore" && has_option(options, 'd') &&
      !has_option(options, 'e') && !has_option(options, '1') && !has_option(options, 'l')) {
    reading.find("pg-restore-goes-on", command.line);
  }
}

void look_at_resetwal(const ShellCommand& command, Reading& reading) {
  const std::string program = program_of(command);
  const std::vector<std::string> words = arguments_of(command);
  const bool looks_only = std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return word == "-n" || word == "--dry-run" || word == "--help" || word == "--version";
  });
  if ((program == "pg_resetwal" || program == "pg_resetxlog") && !looks_only) {
    reading.find("resetwal", command.line);
  }
}

void look_at_what_is_gone(const TextLine& line, Reading& reading) {
  static const std::regex gone{
      R"(\b(recovery\.conf|standby_mode|pg_start_backup|pg_stop_backup|pg_resetxlog|pg_xlogdump|)"
      R"(pg_receivexlog|pg_switch_xlog|pg_last_xlog_\w+|pg_xlog)\b)"};
  std::smatch found;
  if (std::regex_search(line.text, found, gone)) {
    reading.find("gone", line.number, found[1].str());
  }
}

}  // namespace

void look_at_programs(Reading& reading) {
  for (const ReadBlock& read : reading.blocks()) {
    bool chosen = false;
    for (const ShellCommand& command : read.commands) {
      chosen = chosen || (chooses_psqlrc(command) && program_of(command) != "psql");
      look_at_psql(command, chosen || chooses_psqlrc(command), reading);
      look_at_pg_restore(command, reading);
      look_at_resetwal(command, reading);
    }
  }
  for (const TextLine& line : reading.lines()) {
    look_at_what_is_gone(line, reading);
  }
}

}  // namespace pgrehearse
