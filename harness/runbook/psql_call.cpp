#include "harness/runbook/psql_call.hpp"

#include <algorithm>
#include <regex>

#include "harness/runbook/program_options.hpp"

namespace pgrehearse {
namespace {

bool is_fed(const ShellCommand& command) {
  return command.before == "|" || command.before == "|&" ||
         std::any_of(command.redirections.begin(), command.redirections.end(),
             [](const Redirection& redirection) { return redirection.op.starts_with('<'); });
}

bool sets_it(const std::string& variable) {
  static const std::regex on{R"(^ON_ERROR_STOP(=(1|on|true|yes))?$)", std::regex::icase};
  return std::regex_match(variable, on);
}

bool sets_it_itself(const std::string& text) {
  static const std::regex meta{R"(\\set\s+ON_ERROR_STOP(\s+(1|on|true|yes)\b|\s*$))"};
  return std::regex_search(text, meta);
}

}  // namespace

bool runs_a_script(const ShellCommand& command) {
  if (program_of(command) != "psql") {
    return false;
  }
  const auto options = options_in(arguments_of(command), options_of_psql());
  const std::size_t statements = values_of(options, 'c').size();
  if (has_option(options, 'V') || has_option(options, 'l') || has_option(options, '?')) {
    return false;
  }
  return has_option(options, 'f') || statements > 1 || (statements == 0 && is_fed(command));
}

bool stops_on_error(const ShellCommand& command) {
  const auto options = options_in(arguments_of(command), options_of_psql());
  const std::vector<std::string> variables = values_of(options, 'v');
  const auto& body = command.here_document;
  return std::any_of(variables.begin(), variables.end(), sets_it) ||
         std::any_of(body.begin(), body.end(),
             [](const TextLine& line) { return sets_it_itself(line.text); }) ||
         std::any_of(command.redirections.begin(), command.redirections.end(),
             [](const Redirection& redirection) { return sets_it_itself(redirection.target); });
}

bool asks_something(const ShellCommand& command) {
  const auto options = options_in(arguments_of(command), options_of_psql());
  return program_of(command) == "psql" && (has_option(options, 'c') || runs_a_script(command));
}

}  // namespace pgrehearse
