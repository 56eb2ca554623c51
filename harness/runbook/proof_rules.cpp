// What nobody asks: a backup that is not read back, a restore that is not compared, a server that
// starts. These look at the whole document, in its order.
#include <algorithm>
#include <regex>

#include "harness/runbook/program_options.hpp"
#include "harness/runbook/psql_call.hpp"
#include "harness/runbook/reading.hpp"

namespace pgrehearse {
namespace {

const char* const reads_back =
    R"(pg_verifybackup|pg_restore\b|sha\d+sum|shasum|md5sum|verif|check)";
const char* const recovers = R"(recovery\.signal|restore_command|recovery_target)";
const char* const tells_the_ending =
    R"(pg_is_in_recovery|pg_last_wal_replay|pg_get_wal_replay|pg_controldata|recovery (stopping|ended|complete)|selected new timeline|verif)";

std::string whole_text(const ShellCommand& command) {
  std::string text;
  for (const std::string& word : command.words) {
    text += word + " ";
  }
  return text;
}

bool matches(const ShellCommand& command, const char* expression) {
  return std::regex_search(whole_text(command), std::regex{expression, std::regex::icase});
}

bool takes_a_backup(const ShellCommand& command) {
  const std::string program = program_of(command);
  return (program == "pg_dump" || program == "pg_dumpall" || program == "pg_basebackup") &&
         !matches(command, R"(--globals-only|--roles-only|--schema-only|--version|--help)") &&
         arguments_of(command) != std::vector<std::string>{"-g"};
}

bool asks_the_database(const ShellCommand& command) {
  const bool by_hand =
      matches(command, R"(verif|check|smoke|health|readyz|amcheck|pgrehearse|count)");
  const bool script = runs_a_script(command) && !matches(command, "verif|check|smoke|count") &&
                      command.here_document.empty();
  return by_hand || (asks_something(command) && !script);
}

bool restores(const ShellCommand& command) {
  const auto options = options_in(arguments_of(command), options_of_pg_restore());
  const std::string program = program_of(command);
  const bool loads = program == "pg_restore" && has_option(options, 'd');
  const bool script = runs_a_script(command) && !asks_the_database(command);
  return loads || script;
}

bool starts_a_server(const ShellCommand& command) {
  const std::string program = program_of(command);
  if (program == "pg_ctl" || program == "pg_ctlcluster") {
    return matches(command, R"(\b(re)?start\b)");
  }
  const bool service = program == "systemctl" || program == "service" ||
                       program.starts_with("docker") || program == "podman";
  return service && matches(command, R"(\b(re)?start\b|\bup\b)") &&
         matches(command, R"(postgres|\bdb\b|\bpg\w*\b)");
}

void look_at_start(const std::vector<const ShellCommand*>& all, Reading& reading) {
  const auto last = std::find_if(all.rbegin(), all.rend(),
      [](const ShellCommand* command) { return starts_a_server(*command); });
  if (last == all.rend()) {
    return;
  }
  const bool asked = std::any_of(
      all.rbegin(), last, [](const ShellCommand* command) { return asks_the_database(*command); });
  const bool proven = reading.says(tells_the_ending, (*last)->line);
  if (reading.says(recovers) ? !proven : !asked && !proven) {
    reading.find("start-is-no-proof", (*last)->line, program_of(**last));
  }
}

void look_at_restore(const std::vector<const ShellCommand*>& all, Reading& reading) {
  const auto last = std::find_if(
      all.rbegin(), all.rend(), [](const ShellCommand* command) { return restores(*command); });
  if (last != all.rend() && std::none_of(all.rbegin(), last, [](const ShellCommand* command) {
        return asks_the_database(*command);
      })) {
    reading.find("restore-unverified", (*last)->line, program_of(**last));
  }
}

void look_at_backups(const std::vector<const ShellCommand*>& all, Reading& reading) {
  const bool roles = reading.says("pg_dumpall");
  bool told = false;
  for (const ShellCommand* command : all) {
    const std::string program = program_of(*command);
    if (!takes_a_backup(*command)) {
      continue;
    }
    if (!reading.says(reads_back, command->line)) {
      reading.find("backup-unverified", command->line, program);
    }
    if (program == "pg_dump" && !roles && !told) {
      reading.find("roles-not-dumped", command->line);
      told = true;
    }
  }
}

}  // namespace

void look_at_proof(Reading& reading) {
  std::vector<const ShellCommand*> all;
  for (const ReadBlock& read : reading.blocks()) {
    for (const ShellCommand& command : read.commands) {
      all.push_back(&command);
    }
  }
  look_at_backups(all, reading);
  look_at_restore(all, reading);
  look_at_start(all, reading);
}

}  // namespace pgrehearse
