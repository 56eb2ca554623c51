#include "harness/backup/command_tool.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/backup/clearing.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/engine/local_account.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

constexpr const char* by_hand =
    "What it wrote to standard error is not repeated here, because it may hold values. Run it by "
    "hand in the folder of drill.yaml with the environment that docs/drill-yaml.md lists.";

void add(std::vector<EnvVar>& env, const std::string& name, const std::string& value) {
  env.push_back({name, Secret{value}});
}

void add_connection(std::vector<EnvVar>& env, const Cluster& cluster, const std::string& database) {
  const ConnectionSpec connection = cluster.connection(database);
  add(env, "PGHOST", connection.endpoint.host);
  add(env, "PGPORT", fmt::format("{}", connection.endpoint.port));
  add(env, "PGUSER", connection.user);
  add(env, "PGDATABASE", database);
  env.push_back({"PGPASSWORD", connection.password});
}

// The target in Postgres' terms twice: as lines for postgresql.conf, and in pieces for tools that
// have options of their own for it.
void add_target(std::vector<EnvVar>& env, const RecoveryTarget& target, TimelineId timeline) {
  std::string kind = std::holds_alternative<Immediate>(target) ? "immediate" : "latest";
  std::string value;
  std::string inclusive = "on";
  const ServerSettings settings = recovery_settings(target, timeline);
  for (const auto& [name, text] : settings) {
    constexpr std::string_view prefix = "recovery_target_";
    const std::string what = name.substr(std::min(name.size(), prefix.size()));
    if (what == "name" || what == "time" || what == "lsn" || what == "xid") {
      kind = what;
      value = text;
    } else if (what == "inclusive") {
      inclusive = text;
    }
  }
  add(env, "PGREHEARSE_RECOVERY_TARGET", kind);
  add(env, "PGREHEARSE_RECOVERY_TARGET_VALUE", value);
  add(env, "PGREHEARSE_RECOVERY_TARGET_INCLUSIVE", inclusive);
  add(env, "PGREHEARSE_RECOVERY_TIMELINE", fmt::format("{}", static_cast<std::uint32_t>(timeline)));
  add(env, "PGREHEARSE_RECOVERY_SETTINGS", settings_text(settings));
}

Lsn position_of(Cluster& source) {
  Session session = source.connect();
  return Lsn::parse(session.value("SELECT pg_current_wal_insert_lsn()"));
}

TimelineId timeline_of(Cluster& source) {
  Session session = source.connect();
  return TimelineId{static_cast<std::uint32_t>(
      std::stoul(session.value("SELECT timeline_id FROM pg_control_checkpoint()")))};
}

// Scripts run as the account of the harness; a server reads only what is its own.
void hand_over(const std::string& folder) {
  if (const std::optional<Account> account = local_account()) {
    run_or_throw(
        {.argv = {"chown", "-R", "-h", fmt::format("{}:{}", account->uid, account->gid), folder},
            .deadline = std::chrono::minutes{10}});
  }
}

}  // namespace

CommandTool::CommandTool(BackupScripts scripts, std::string volume, std::filesystem::path artifacts)
    : scripts_(std::move(scripts)),
      volume_(std::move(volume)),
      artifacts_(std::move(artifacts)),
      properties_{.name = "command",
          .physical = scripts_.physical,
          .point_in_time = scripts_.physical,
          .on_host = true} {}

std::string CommandTool::backups_folder(const Instance& instance) const {
  if (scripts_.physical) {
    return instance.path_of_volume(volume_) + "/sets";
  }
  if (!std::filesystem::exists(artifacts_)) {
    make_private_directory(artifacts_);
  }
  return std::filesystem::absolute(artifacts_).string();
}

std::string CommandTool::archive_folder(const Instance& instance) const {
  return scripts_.physical ? instance.path_of_volume(volume_) + "/wal" : "";
}

std::vector<EnvVar> CommandTool::environment(
    const Instance& instance, const std::string& phase, const std::string& set) const {
  std::vector<EnvVar> env;
  add(env, "PGREHEARSE_PHASE", phase);
  add(env, "PGREHEARSE_SET", set);
  add(env, "PGREHEARSE_BACKUPS", backups_folder(instance));
  add(env, "PGREHEARSE_ARCHIVE", archive_folder(instance));
  return env;
}

Completed CommandTool::call(
    const std::string& phase, const std::vector<std::string>& argv, std::vector<EnvVar> env) const {
  Completed completed = run_script(scripts_, argv, std::move(env));
  if (!completed.ok()) {
    throw Error{completed.timed_out ? ErrorCode::timed_out : ErrorCode::program_failed,
        completed.timed_out
            ? fmt::format("backup.{} did not end within {}", phase, text_of(scripts_.deadline))
            : fmt::format("backup.{} ended with status {}; it wrote {} lines to standard error",
                  phase, completed.status, lines_of(completed.err).size()),
        by_hand};
  }
  return completed;
}

// Run by the server, in its data directory: paths inside hold no quotes.
std::string CommandTool::archive_command(const Instance& source) const {
  if (!scripts_.physical) {
    return {};
  }
  const std::string folder = archive_folder(source);
  return scripts_.archive.empty()
             ? fmt::format(
                   "\"{}\" archive-push \"%p\" \"{}\" %f", source.path_of(Place::agent), folder)
             : fmt::format("{{ PGREHEARSE_ARCHIVE=\"{}\"; export PGREHEARSE_ARCHIVE; {}; }}",
                   folder, scripts_.archive);
}

void CommandTool::prepare(Cluster& source) {
  Instance& instance = source.instance();
  if (scripts_.physical) {
    exec_or_throw(
        instance, {.argv = {"mkdir", "-p", backups_folder(instance), archive_folder(instance)}});
  }
}

BackupSet CommandTool::take(Cluster& source, const TakeRequest& request) {
  if (request.kind != BackupKind::full) {
    refuse(*this, "take an incremental backup");
  }
  Instance& instance = source.instance();
  std::vector<EnvVar> env = environment(instance, "take", request.id);
  add_connection(env, source, request.database);
  add(env, "PGREHEARSE_SNAPSHOT", request.snapshot);
  BackupSet set{.id = request.id,
      .volume = volume_,
      .start = position_of(source),
      .timeline = timeline_of(source),
      .label = request.id,
      .folder = "sets/" + request.id,
      .database = request.database};
  const Completed taken = call("take", scripts_.take, std::move(env));
  set.taken = SteadyTime::now();
  set.end = position_of(source);
  set.complaints = complaints_in("backup.take", taken.err);
  return set;
}

std::vector<std::string> CommandTool::list(Instance& instance) {
  std::vector<std::string> labels;
  for (const std::string& line :
      lines_of(call("list", scripts_.list, environment(instance, "list")).out)) {
    if (!trimmed(line).empty()) {
      labels.emplace_back(trimmed(line));
    }
  }
  return labels;
}

BackupVerification CommandTool::verify(Instance& instance, const BackupSet& set) {
  const Completed verified =
      run_script(scripts_, scripts_.verify, environment(instance, "verify", set.id));
  std::vector<std::string> complaints = complaints_in("backup.verify", verified.err);
  if (verified.ok() && complaints.empty()) {
    return {.usable = true, .problem = {}, .by = "backup.verify exits 0 and warns of nothing"};
  }
  return {.usable = false,
      .problem = verified.ok() ? complaints.front()
                               : fmt::format("backup.verify ends with status {}", verified.status),
      .by = "backup.verify exits 0 and warns of nothing"};
}

void CommandTool::demand_verified(Instance& instance, const BackupSet& set) {
  const BackupVerification verified = verify(instance, set);
  if (!verified.usable) {
    throw Error{ErrorCode::backup_unusable,
        fmt::format("backup set {} was not restored: {}", set.id, verified.problem),
        "Nothing of it was used. Restore an older verified set."};
  }
}

RestoredFiles CommandTool::restore(
    Instance& instance, const BackupSet& set, const RecoveryTarget& target) {
  if (!scripts_.physical) {
    refuse(*this, "restore a data directory: drill.yaml calls its sets logical");
  }
  demand_verified(instance, set);
  const std::string data = instance.path_of(Place::data);
  std::vector<EnvVar> env = environment(instance, "restore", set.id);
  add(env, "PGREHEARSE_TARGET_DATA", data);
  add_target(env, target, set.timeline);
  try {
    const Completed restored = call("restore", scripts_.restore, std::move(env));
    hand_over(data);
    return {.settings = {{"archive_mode", "off"}},
        .complaints = complaints_in("backup.restore", restored.err)};
  } catch (const Error&) {
    hand_over(data);
    empty_data_directory(instance);
    throw;
  }
}

std::vector<std::string> CommandTool::load(Cluster& target, const BackupSet& set) {
  if (scripts_.physical) {
    refuse(*this, "load a set into a running server: drill.yaml calls its sets physical");
  }
  demand_verified(target.instance(), set);
  std::vector<EnvVar> env = environment(target.instance(), "restore", set.id);
  add_connection(env, target, "postgres");
  add(env, "PGREHEARSE_DATABASE", set.database);
  try {
    const Completed loaded = call("restore", scripts_.restore, std::move(env));
    return complaints_in("backup.restore", loaded.err);
  } catch (const Error&) {
    drop_database(target, set.database);
    throw;
  }
}

}  // namespace pgrehearse
