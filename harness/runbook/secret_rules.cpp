// Passwords that stand in the document, or that a process list would show. What they are is never
// repeated.
#include <algorithm>
#include <array>
#include <regex>

#include "harness/runbook/reading.hpp"

namespace pgrehearse {
namespace {

// What stands where a password would, and is none: a variable, a placeholder, asterisks.
bool is_a_password(const std::string& value) {
  static const std::regex none{
      R"(^(?:[$:<{\[%].*|\*+|x{3,}|X{3,}|\.{3}|your[_-].*|change_?me|password|secret|redacted)?$)",
      std::regex::icase};
  return !std::regex_match(value, none);
}

bool has_a_password(const std::string& line) {
  static const std::array<std::regex, 4> places{
      std::regex{
          R"re(\b(?:PGPASSWORD|POSTGRES_PASSWORD|DB_PASSWORD|REPLICATION_PASSWORD)=["']?([^\s"';]*))re"},
      std::regex{R"re(\b[a-z][a-z0-9+]*://[^/@:\s"']*:([^@/\s"']+)@)re"},
      std::regex{R"re((?:^|[\s"'])password\s*=\s*\\?["']?([^\s"';\\]+))re"},
      std::regex{R"re(\bPASSWORD\s+'([^']*)')re", std::regex::icase}};
  for (const std::regex& place : places) {
    for (std::sregex_iterator found{line.begin(), line.end(), place}, end; found != end; ++found) {
      if (is_a_password((*found)[1].str())) {
        return true;
      }
    }
  }
  return false;
}

// psql "postgres://app:$PW@db/shop": the variable is gone by the time the process list shows it.
bool shows_a_password(const ShellCommand& command) {
  static const std::regex shown{
      R"re(^(?:--\w+=)?[a-z][a-z0-9+]*://[^/@:\s]*:\$[^@/\s]+@|(?:^|\s)password=\$)re"};
  // docker exec -e PGPASSWORD="$PW": an argument of docker.
  static const std::regex handed_on{R"re(^(?:--env=)?(?:PGPASSWORD|POSTGRES_PASSWORD)=\$)re"};
  const std::string first = command.words.empty() ? std::string{} : command.words.front();
  if (first == "export" || first == "declare" || first == "local" || first == "readonly") {
    return false;
  }
  return std::any_of(command.words.begin(), command.words.end(), [](const std::string& word) {
    return std::regex_search(word, shown) || std::regex_search(word, handed_on);
  });
}

}  // namespace

void look_at_secrets(Reading& reading, const Runbook& runbook) {
  for (const RunbookBlock& block : runbook.blocks) {
    for (const TextLine& line : block.lines) {
      if (has_a_password(line.text)) {
        reading.find("password-in-command", line.number);
      }
    }
  }
  for (const ReadBlock& read : reading.blocks()) {
    for (const ShellCommand& command : read.commands) {
      if (shows_a_password(command)) {
        reading.find("password-on-command-line", command.line);
      }
    }
  }
}

}  // namespace pgrehearse
