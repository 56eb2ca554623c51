#include "harness/backup/backup_scripts.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/process/run.hpp"
#include "harness/process/spawn.hpp"

namespace pgrehearse {
namespace {

bool is_letter(char letter) {
  return std::isalpha(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

// Postgres' programs write "pg_restore: error: ...", its server and many scripts "ERROR ...".
bool speaks_of(std::string_view line, std::string_view level) {
  std::string lower{level};
  std::transform(lower.begin(), lower.end(), lower.begin(),
      [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  for (const std::string& form : {std::string{level}, lower + ":"}) {
    for (std::size_t at = line.find(form); at != std::string_view::npos;
         at = line.find(form, at + 1)) {
      const std::size_t end = at + form.size();
      const bool begins = at == 0 || !is_letter(line[at - 1]);
      const bool ends = end == line.size() || !is_letter(line[end]);
      if (begins && ends) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

Completed run_script(
    const BackupScripts& scripts, const std::vector<std::string>& argv, std::vector<EnvVar> env) {
  Program program{.argv = {"/usr/bin/env"}, .env = scripts.env};
  program.env.insert(
      program.env.end(), std::make_move_iterator(env.begin()), std::make_move_iterator(env.end()));
  for (const std::string& variable : own_environment()) {
    const std::string name = variable.substr(0, variable.find('='));
    const bool given = std::any_of(program.env.begin(), program.env.end(),
        [&](const EnvVar& known) { return known.name == name; });
    if (name.starts_with("PG") && !name.starts_with("PGREHEARSE_") && !given) {
      program.argv.insert(program.argv.end(), {"-u", name});
    }
  }
  program.argv.insert(program.argv.end(), argv.begin(), argv.end());
  program.cwd = scripts.folder;
  program.deadline = scripts.deadline;
  return run(program);
}

std::vector<std::string> complaints_in(std::string_view program, std::string_view err) {
  constexpr std::array<std::string_view, 4> levels{"PANIC", "FATAL", "ERROR", "WARNING"};
  constexpr std::string_view unconnected =
      "WARNING:  tables were not subscribed, you will have to run ALTER SUBSCRIPTION ... REFRESH "
      "PUBLICATION to subscribe the tables";
  std::vector<std::string> complaints;
  int number = 0;
  for (const std::string& line : lines_of(err)) {
    ++number;
    // A dump makes subscriptions without a connection, and the facts tell the state they are in.
    if (line.ends_with(unconnected)) {
      continue;
    }
    const auto* const level = std::find_if(levels.begin(), levels.end(),
        [&](std::string_view candidate) { return speaks_of(line, candidate); });
    if (level != levels.end()) {
      complaints.push_back(
          fmt::format("{}: line {} of standard error is of level {}", program, number, *level));
    }
  }
  return complaints;
}

}  // namespace pgrehearse
