#include "harness/cli/host_check.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/cli/subject_programs.hpp"
#include "harness/engine/local_account.hpp"
#include "harness/engine/local_programs.hpp"
#include "harness/engine/run_scope.hpp"
#include "harness/process/companion.hpp"
#include "harness/process/free_port.hpp"
#include "harness/process/run.hpp"
#include "harness/traffic/pgbouncer.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t bytes_of_a_mib = 1024ULL * 1024;
constexpr const char* server_package = "apt-get install postgresql-15";

std::optional<fs::path> in_path(const std::string& program) {
  const char* const path = std::getenv("PATH");
  for (const std::string& folder : split(path == nullptr ? "" : path, ':')) {
    const fs::path candidate = fs::path{folder} / program;
    if (!folder.empty() && access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return std::nullopt;
}

std::string answer_of(const fs::path& program) {
  try {
    return run({.argv = {program.string(), "--version"}, .deadline = Seconds{30}}).out;
  } catch (const Error&) {
    return "";
  }
}

// Those that the harness runs itself, and psql and the like of whoever stands first in PATH:
// runbooks and hooks call those.
void add_clients(std::vector<HostCheck>& checks) {
  fs::path folder;
  try {
    const LocalPrograms programs = local_programs();
    folder = programs.folder;
    checks.push_back({"server", HostState::good,
        fmt::format("Postgres {} in {}", programs.version, folder.string())});
  } catch (const Error& error) {
    checks.push_back({"server", HostState::wanting, error.message(), server_package});
  }
  for (const char* name : {"psql", "pg_dump", "pg_restore", "pg_basebackup"}) {
    if (const auto path = in_path(name)) {
      checks.push_back(client_check(name, path->string(), answer_of(*path)));
    }
  }
  for (const char* name : {"pg_verifybackup", "pg_waldump", "pg_amcheck"}) {
    if (!folder.empty() && !fs::exists(folder / name)) {
      checks.push_back({name, HostState::missing, "is not in " + folder.string(), server_package});
    }
  }
}

void add_program(std::vector<HostCheck>& checks, const std::string& name, bool needed,
    const std::string& package, const std::string& what_for) {
  if (const auto path = in_path(name)) {
    checks.push_back({name, HostState::good, path->string()});
  } else {
    checks.push_back({name, needed ? HostState::missing : HostState::wanting,
        fmt::format("not installed; {}", what_for), "apt-get install " + package});
  }
}

// Applications are looked for beside this program, too.
std::optional<fs::path> in_path_or_beside(const std::string& program) {
  if (auto path = in_path(program)) {
    return path;
  }
  const fs::path beside = companion_folder() / program;
  return access(beside.c_str(), X_OK) == 0 ? std::optional{beside} : std::nullopt;
}

// In place of a row that said that some drills want it: this drill.yaml needs it.
void add_needed(std::vector<HostCheck>& checks, const NeededProgram& program) {
  const auto path = in_path_or_beside(program.name);
  const auto known = std::find_if(checks.begin(), checks.end(),
      [&](const HostCheck& check) { return check.name == program.name; });
  if (known != checks.end()) {
    if (!path) {
      *known = {
          program.name, HostState::missing, "not installed; " + program.what_for, program.cure};
    }
    return;
  }
  checks.push_back({program.name, path ? HostState::good : HostState::missing,
      path ? path->string() : "not installed; " + program.what_for, path ? "" : program.cure});
}

HostCheck pooler(const Subject& subject) {
  try {
    return {"pgbouncer", HostState::good, pgbouncer_program().string()};
  } catch (const Error& error) {
    return {"pgbouncer", subject.traffic.pooled ? HostState::missing : HostState::wanting,
        error.message(), "apt-get install pgbouncer"};
  }
}

// Looks, and makes nothing: the nearest folder above that exists must be writable.
fs::path nearest_existing(fs::path folder) {
  std::error_code ignored;
  while (!fs::exists(folder, ignored) && folder != folder.parent_path()) {
    folder = folder.parent_path();
  }
  return folder;
}

HostCheck state_folder() {
  const fs::path there = nearest_existing(state_dir());
  if (access(there.c_str(), W_OK | X_OK) != 0) {
    return {"state", HostState::missing, fmt::format("{} cannot be written", there.string()),
        "Set PGREHEARSE_STATE_DIR to a folder of your own."};
  }
  return {"state", HostState::good, state_dir().string()};
}

HostCheck account() {
  try {
    const std::optional<Account> owner = local_account();
    return {
        "account", HostState::good, owner ? "servers run as " + owner->name : "servers run as you"};
  } catch (const Error& error) {
    return {"account", HostState::wanting, error.message(), error.hint()};
  }
}

HostCheck port() {
  try {
    return {"port", HostState::good,
        fmt::format("the loopback gives ports ({} is free)", port_from_the_system())};
  } catch (const Error& error) {
    return {"port", HostState::missing, error.message(), "Does this host have a loopback? ip link"};
  }
}

}  // namespace

HostCheck client_check(
    const std::string& name, const std::string& path, const std::string& answer) {
  const std::string version = version_in(answer);
  try {
    demand_safe_version(version, path);
    return {name, HostState::good, fmt::format("{} in {}", version, path)};
  } catch (const Error& error) {
    return {name, HostState::missing, error.message(),
        "apt-get install --only-upgrade postgresql-client-15"};
  }
}

HostCheck disk_check(const std::string& folder, std::uintmax_t free, std::uintmax_t own_backup) {
  const std::uintmax_t needed = disk_for_a_drill + 2 * own_backup;
  const std::string detail = fmt::format("{} MiB free below {}, {} takes {}{}",
      free / bytes_of_a_mib, folder, own_backup == 0 ? "a small drill" : "this one",
      needed / bytes_of_a_mib, own_backup == 0 ? "" : " at least, twice the own backup included");
  return free >= needed ? HostCheck{"disk", HostState::good, detail}
                        : HostCheck{"disk", HostState::missing, detail,
                              "Free some, 'pgrehearse sweep' removes what dead runs left; or set "
                              "PGREHEARSE_STATE_DIR to a roomier place."};
}

std::vector<HostCheck> host_checks(const Subject& subject) {
  std::vector<HostCheck> checks;
  add_clients(checks);
  checks.push_back(account());
  checks.push_back(state_folder());
  const fs::path there = nearest_existing(state_dir());
  checks.push_back(disk_check(there.string(), fs::space(there).available));
  checks.push_back(port());
  checks.push_back(pooler(subject));
  add_program(checks, "age", false, "age", "security-breach seals its backups with it");
  const std::string& tool = subject.backup.tool;
  add_program(checks, "pgbackrest", tool == "pgbackrest", "pgbackrest", "a backup tool");
  add_program(checks, "barman", tool == "barman", "barman", "a backup tool");
  add_program(checks, "git", false, "git", "the gate asks it for the migrations of the base");
  for (const NeededProgram& program : programs_needed_by(subject)) {
    add_needed(checks, program);
  }
  return checks;
}

std::string text_of(const HostCheck& check) {
  constexpr std::array<const char*, 3> words{"yes", "-", "NO"};
  std::string text = fmt::format("{:<15} {:<4} {}\n", check.name,
      words.at(static_cast<std::size_t>(check.state)), check.detail);
  if (!check.cure.empty()) {
    text += fmt::format("{:<20} {}\n", "", check.cure);
  }
  return text;
}

}  // namespace pgrehearse
