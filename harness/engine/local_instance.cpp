#include "harness/engine/local_instance.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/engine/local_account.hpp"
#include "harness/process/free_port.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/run.hpp"
#include "harness/process/spawn.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr Milliseconds stop_deadline{5'000};
constexpr Milliseconds kill_deadline{5'000};

std::uint16_t fresh_port(LocalRun& run) {
  const std::lock_guard lock{run.mutex};
  for (int attempt = 0; attempt < 100; ++attempt) {
    const std::uint16_t port = port_from_the_system();
    if (run.ports.insert(port).second) {
      return port;
    }
  }
  throw Error{
      ErrorCode::instance_failed, "the system offers no port that is not in use by this run"};
}

// libpq's variables of the person who started the harness must not steer programs "inside".
std::vector<std::string> without_client_settings(const Program& program) {
  std::vector<std::string> argv;
  for (const std::string& variable : own_environment()) {
    const std::string name = variable.substr(0, variable.find('='));
    const bool wanted = std::any_of(program.env.begin(), program.env.end(),
        [&](const EnvVar& given) { return given.name == name; });
    if (name.starts_with("PG") && !name.starts_with("PGREHEARSE_") && !wanted) {
      argv.insert(argv.end(), {"-u", name});
    }
  }
  if (!argv.empty()) {
    argv.insert(argv.begin(), "/usr/bin/env");
  }
  argv.insert(argv.end(), program.argv.begin(), program.argv.end());
  return argv;
}

}  // namespace

void demand_plain_name(const std::string& name) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyz0123456789-";
  if (name.empty() || name == "volumes" || name.find_first_not_of(plain) != std::string::npos ||
      name.front() == '-' || name == "pgrehearse-agent" || name == "journal") {
    throw Error{ErrorCode::instance_failed,
        fmt::format("'{}' cannot be the name of an instance", name),
        "Use lower-case letters, digits and hyphens; 'volumes' and 'journal' are taken."};
  }
}

std::vector<std::string> quarantine_prefix() {
  return {"unshare", "--user", "--map-current-user", "--net", "--"};
}

LocalInstance::LocalInstance(std::shared_ptr<LocalRun> run, const InstanceSpec& spec)
    : run_{std::move(run)}, spec_{spec}, folder_{run_->folder() / spec.name} {
  demand_plain_name(spec.name);
  if (!spec.network.empty()) {
    throw Error{ErrorCode::instance_failed,
        fmt::format("there is no network '{}' for '{}'", spec.network, spec.name)};
  }
  if (spec.quarantined && !run_->quarantines) {
    throw Error{ErrorCode::instance_failed,
        fmt::format("this host cannot quarantine instance '{}'", spec.name),
        "Let accounts make user namespaces (sysctl kernel.unprivileged_userns_clone), or use "
        "docker or podman."};
  }
  // sun_path has 108 bytes with its end; the longest name in it is the lock file of a 5-digit port.
  if (path_of(Place::sockets).size() + std::string_view{"/.s.PGSQL.65535.lock"}.size() > 107) {
    throw Error{ErrorCode::instance_failed,
        fmt::format("the path of the Unix socket of '{}' is too long", spec.name),
        "Set PGREHEARSE_STATE_DIR to a shorter path.", path_of(Place::sockets)};
  }
  {
    const std::lock_guard lock{run_->mutex};
    for (const VolumeMount& mount : spec.volumes) {
      if (!run_->names.contains("volumes/" + mount.volume)) {
        throw Error{ErrorCode::instance_failed,
            fmt::format("there is no volume '{}' in this run", mount.volume)};
      }
    }
    if (!run_->names.insert(spec.name).second) {
      throw Error{ErrorCode::instance_failed,
          fmt::format("there is an instance '{}' in this run already", spec.name)};
    }
  }
  try {
    port_ = fresh_port(*run_);
    run_->journal->intend("directory", folder_.string());
    make_folders();
  } catch (const Error& error) {
    const std::optional<std::string> problem = remove_tree(folder_);
    const std::lock_guard lock{run_->mutex};
    run_->names.erase(spec.name);
    if (problem.has_value()) {
      run_->failures.push_back(fmt::format("{} ({})", folder_.string(), *problem));
    }
    if (error.code() == ErrorCode::interrupted) {
      throw;
    }
    throw Error{ErrorCode::instance_failed,
        fmt::format("cannot make instance '{}': {}", spec.name, error.message()), error.hint(),
        error.place()};
  }
}

LocalInstance::~LocalInstance() {
  const RemovalScope removing;
  try {
    {
      const std::lock_guard lock{run_->mutex};
      if (run_->kept) {
        return;
      }
    }
    remove();
    const std::lock_guard lock{run_->mutex};
    run_->names.erase(spec_.name);
  } catch (const std::exception& error) {
    try {
      const std::lock_guard lock{run_->mutex};
      run_->failures.push_back(fmt::format("instance {}: {}", spec_.name, error.what()));
    } catch (const std::exception&) {
      return;  // out of memory: remove_run() looks at the host itself and finds what is left
    }
  }
}

std::string LocalInstance::path_of(Place place) const {
  switch (place) {
    case Place::data:
      return (folder_ / "data").string();
    case Place::sockets:
      return (folder_ / "run").string();
    case Place::scratch:
      return (folder_ / "scratch").string();
    case Place::agent:
      return run_->agent().string();
  }
  throw Error{ErrorCode::internal, "an unknown place was asked for"};
}

std::string LocalInstance::path_of_volume(std::string_view volume) const {
  for (const VolumeMount& mount : spec_.volumes) {
    if (mount.volume == volume) {
      return run_->volume(volume).string();
    }
  }
  throw Error{ErrorCode::internal,
      fmt::format("instance '{}' was made without volume '{}'", spec_.name, volume)};
}

// Programs inside share the network of the server inside. Where none runs, each has its own.
std::vector<std::string> LocalInstance::way_into_quarantine() const {
  std::ifstream noted{fs::path{path_of(Place::data)} / "postmaster.pid"};
  if (pid_t pid = 0; noted >> pid) {
    const std::optional<SeenProcess> server = process_seen(pid);
    if (server.has_value() && belongs_to(*server, domain())) {
      return {path_of(Place::agent), "beside", fmt::format("{}", pid)};
    }
  }
  return quarantine_prefix();
}

Completed LocalInstance::exec(const Program& program) {
  if (!program.cwd.empty() || program.account.has_value()) {
    throw Error{ErrorCode::internal, "an instance chooses account and working directory itself"};
  }
  if (!fs::is_directory(folder_)) {
    throw Error{ErrorCode::instance_failed, fmt::format("instance '{}' is gone", spec_.name)};
  }
  const char* path = std::getenv("PATH");
  Program inside = program;
  inside.argv = without_client_settings(program);
  if (spec_.quarantined) {
    const std::vector<std::string> prefix = way_into_quarantine();
    inside.argv.insert(inside.argv.begin(), prefix.begin(), prefix.end());
  }
  inside.cwd = folder_ / "scratch";
  inside.account = run_->account;
  inside.env = {{"PATH", Secret{fmt::format("{}:{}", run_->programs.folder.string(),
                             path == nullptr ? "/usr/bin:/bin" : path)}},
      {"HOME", Secret{inside.cwd.string()}}, {"PGREHEARSE_INSTANCE", Secret{domain().mark}}};
  inside.env.insert(inside.env.end(), program.env.begin(), program.env.end());
  try {
    return run(inside);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::program_failed) {
      throw;
    }
    Completed not_started;
    not_started.status = 127;  // as a shell says "not found"
    not_started.err = error.message() + "\n";
    return not_started;
  }
}

void LocalInstance::kill_processes() {
  const std::vector<SeenProcess> left = kill_processes_of(domain(), kill_deadline);
  if (!left.empty()) {
    throw Error{ErrorCode::instance_failed,
        fmt::format("{} processes of '{}' do not die", left.size(), spec_.name),
        fmt::format("Look at process {} ({}).", left.front().pid, left.front().program)};
  }
  // A machine that loses power has no shared memory either. Left alone it would outlive a data
  // directory that is replaced before the next start.
  for (const SharedMemory& segment : shared_memory_of(folder_)) {
    remove_shared_memory(segment);
  }
  // A dead server that nobody has collected yet (or ever will: not every process 1 does) still
  // answers kill(pid, 0), and the next start would take its lock files for those of a living one.
  std::vector<std::string> stale{"rm", "-f", "--"};
  for (const fs::path& lock_file : lock_files_of_dead_servers(folder_)) {
    stale.push_back(lock_file.string());
  }
  if (stale.size() > 3) {
    run_or_throw({.argv = stale, .cwd = "/", .account = run_->account});
  }
}

Endpoint LocalInstance::neighbours_endpoint() const {
  if (spec_.quarantined) {
    throw Error{ErrorCode::refused, fmt::format("instance '{}' is in no network", spec_.name)};
  }
  return endpoint();
}

void LocalInstance::cut_off() {
  throw Error{ErrorCode::refused,
      fmt::format("instance '{}' cannot be cut off: it is on this host's own network", spec_.name),
      "Use docker or podman for regions that cannot reach each other."};
}

Endpoint LocalInstance::join(const std::string& network) {
  throw Error{ErrorCode::refused,
      fmt::format(
          "instance '{}' cannot join '{}': it is on this host's own network", spec_.name, network),
      "Use docker or podman for regions that cannot reach each other."};
}

std::string LocalInstance::removal_command() const {
  const std::string as =
      run_->account.has_value() ? fmt::format("runuser -u {} -- ", run_->account->name) : "";
  return fmt::format("{}{} stop -m fast -D {}; rm -rf {}", as,
      (run_->programs.folder / "pg_ctl").string(), path_of(Place::data), folder_.string());
}

LocalDomain LocalInstance::domain() const {
  return {.folder = folder_, .mark = fmt::format("{}/{}", run_->journal->run_id(), spec_.name)};
}

void LocalInstance::make_folders() const {
  make_folder_for(folder_, run_->account);
  make_folder_for(path_of(Place::sockets), run_->account);
  make_folder_for(path_of(Place::scratch), run_->account);
  if (spec_.initialised) {
    run_or_throw({.argv = {path_of(Place::agent), "copy-tree", run_->made_from.data.string(),
                      path_of(Place::data)},
                     .cwd = "/",
                     .account = run_->account},
        "Is the disk full?");
  } else {
    make_folder_for(path_of(Place::data), run_->account);
  }
}

void LocalInstance::remove() const {
  stop_servers_of(domain(), stop_deadline);
  const std::vector<SeenProcess> left = kill_processes_of(domain(), kill_deadline);
  for (const SharedMemory& segment : shared_memory_of(folder_)) {
    remove_shared_memory(segment);
  }
  const std::optional<std::string> problem = remove_tree(folder_);
  if (!left.empty() || problem.has_value()) {
    throw Error{ErrorCode::leftovers, problem.has_value()
                                          ? fmt::format("{} ({})", folder_.string(), *problem)
                                          : fmt::format("process {}", left.front().pid)};
  }
}

}  // namespace pgrehearse
