#include "harness/backup/barman_tool.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/backup/barman_answers.hpp"
#include "harness/backup/clearing.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds hours_at_most = std::chrono::hours{4};
constexpr const char* server = "drill";

std::string config_path(const Instance& instance) {
  return instance.path_of(Place::scratch) + "/barman.conf";
}
std::string recover_config_path(const Instance& instance) {
  return instance.path_of(Place::scratch) + "/barman-recover.conf";
}
std::string empty_incoming(const Instance& instance) {
  return instance.path_of(Place::scratch) + "/barman-incoming";
}

Completed call_with(const std::string& config, Instance& instance, std::vector<std::string> words,
    const Secret& password = Secret{}) {
  words.insert(words.begin(), {"barman", "--config=" + config});
  Program program{.argv = std::move(words), .deadline = hours_at_most};
  program.env.push_back({"LC_ALL", Secret{"C.UTF-8"}});
  if (!password.empty()) {
    program.env.push_back({"PGPASSWORD", password});
  }
  return instance.exec(program);
}

Completed call(
    Instance& instance, std::vector<std::string> words, const Secret& password = Secret{}) {
  return call_with(config_path(instance), instance, std::move(words), password);
}

std::string last_complaint(const Completed& completed) {
  const std::vector<std::string> complaints = barman_complaints(completed.err);
  return complaints.empty() ? fmt::format("it exits {} and says nothing", completed.status)
                            : complaints.back();
}

Completed demand_success(Completed completed, const char* command, const char* hint) {
  if (!completed.ok()) {
    throw Error{completed.timed_out ? ErrorCode::timed_out : ErrorCode::program_failed,
        fmt::format("barman {} failed: {}", command, last_complaint(completed)), hint};
  }
  return completed;
}

// Barman puts values between quotes as they are.
std::string for_its_quotes(const std::string& value) {
  std::string doubled;
  for (const char letter : value) {
    doubled += letter == '\'' ? "''" : std::string(1, letter);
  }
  return doubled;
}

// The words of Barman for a recovery target. The timeline is pinned, as in recovery_settings(). It
// refuses an action without a target: at the end of the archive the server promotes itself.
std::vector<std::string> words_of(const RecoveryTarget& target, TimelineId timeline) {
  std::vector<std::string> words{
      fmt::format("--target-tli={}", static_cast<std::uint32_t>(timeline))};
  if (std::holds_alternative<Latest>(target)) {
    return words;
  }
  words.emplace_back("--target-action=promote");
  if (std::holds_alternative<Immediate>(target)) {
    words.emplace_back("--target-immediate");
  }
  for (const auto& [name, value] : recovery_settings(target, timeline)) {
    constexpr std::string_view prefix = "recovery_target_";
    const std::string what = name.substr(std::min(name.size(), prefix.size()));
    if (what == "name" || what == "time" || what == "lsn" || what == "xid") {
      words.push_back(fmt::format("--target-{}={}", what, for_its_quotes(value)));
    } else if (what == "inclusive" && value == "off") {
      words.emplace_back("--exclusive");
    }
  }
  return words;
}

// Barman drops what it is allowed unless it already is the account that its configuration names.
std::string account_of(Instance& instance) {
  return std::string{trimmed(exec_or_throw(
      instance, {.argv = {"id", "-un"}}, "Barman runs only under an account that has a name.")
                                 .out)};
}

}  // namespace

BarmanTool::BarmanTool(std::string volume, BarmanOptions options)
    : volume_(std::move(volume)),
      options_(std::move(options)),
      properties_{
          .name = "barman", .needs = {"barman", "rsync", "pg_verifybackup"}, .package = "barman"} {}

std::string BarmanTool::home(const Instance& instance) const {
  return instance.path_of_volume(volume_) + "/barman";
}

std::string BarmanTool::incoming(const Instance& instance) const {
  return fmt::format("{}/{}/incoming", home(instance), server);
}

std::string BarmanTool::configuration(
    const Instance& instance, const std::string& account, const std::string& incoming) const {
  const std::string scratch = instance.path_of(Place::scratch);
  const std::string connection = fmt::format("host={} port={} user=postgres",
      instance.path_of(Place::sockets), instance.listen_inside().port);
  return fmt::format(
      "[barman]\nbarman_user = {}\nbarman_home = {}\nbarman_lock_directory = {}\n"
      "log_file = {}/barman.log\nconfiguration_files_directory =\n"
      "[{}]\ndescription = under drill\nconninfo = {} dbname=postgres\nstreaming_conninfo = {}\n"
      "backup_method = postgres\narchiver = on\nimmediate_checkpoint = {}\n"
      "incoming_wals_directory = {}\n",
      account, home(instance), scratch, scratch, server, connection, connection,
      options_.checkpoint == "fast" ? "true" : "false", incoming);
}

void BarmanTool::configure(Instance& instance) {
  if (configured_.contains(instance.name())) {
    return;
  }
  const std::string account = account_of(instance);
  const std::string empty = empty_incoming(instance);
  put_file(instance, config_path(instance), configuration(instance, account, incoming(instance)));
  put_file(instance, recover_config_path(instance), configuration(instance, account, empty));
  exec_or_throw(instance, {.argv = {"mkdir", "-p", empty}});
  configured_.insert(instance.name());
}

// Paths inside instances hold no quotes; double quotes guard against spaces.
std::string BarmanTool::archive_command(const Instance& source) const {
  return fmt::format("rsync --archive --fsync \"%p\" \"{}/%f\"", incoming(source));
}

void BarmanTool::prepare(Cluster& source) {
  Instance& instance = source.instance();
  configure(instance);
  exec_or_throw(instance, {.argv = {"mkdir", "-p", incoming(instance)}});
  const Secret& password = source.connection().password;
  demand_success(
      call(instance, {"switch-wal", "--force", "--archive", "--archive-timeout=60", server},
          password),
      "switch-wal", "It waits for a segment from archive_command: what does the server log say?");
  demand_success(call(instance, {"check", server}, password), "check",
      "Run it by hand in the instance: it marks with FAILED what it does not like.");
}

BackupSet BarmanTool::take(Cluster& source, const TakeRequest& request) {
  if (request.kind != BackupKind::full) {
    refuse(*this, "take an incremental backup with backup_method = postgres");
  }
  Instance& instance = source.instance();
  configure(instance);
  const Completed taken =
      demand_success(call(instance, {"backup", "--wait", "--wait-timeout=600", server},
                         source.connection().password),
          "backup", "The set is not in the catalogue as DONE. Is there room for it?");
  BackupSet set{.id = request.id, .volume = volume_};
  set.taken = SteadyTime::now();
  set.complaints = barman_complaints(taken.err);
  // Not by a name: `backup --name` of 3.4 saves the set before it gives it the name (tried).
  const BarmanBackup backup = backup_in_show(
      call(instance, {"--format=json", "show-backup", server, "latest"}).out, server);
  set.label = backup.label;
  set.folder = fmt::format("barman/{}/base/{}", server, backup.label);
  set.start = backup.start;
  set.end = backup.stop;
  set.timeline = backup.timeline;
  set.bytes = backup.bytes;
  return set;
}

std::vector<std::string> BarmanTool::list(Instance& instance) {
  configure(instance);
  return labels_in_list(call(instance, {"--format=json", "list-backup", server}).out, server);
}

BackupVerification BarmanTool::verify(Instance& instance, const BackupSet& set) {
  configure(instance);
  const std::string by = "barman verify-backup finds its files as they were written";
  const Completed verified = call(instance, {"verify-backup", server, set.label});
  if (!verified.ok()) {
    return {.problem = "barman verify-backup: " + last_complaint(verified), .by = by};
  }
  return {.usable = true, .problem = {}, .by = by};
}

RestoredFiles BarmanTool::restore(
    Instance& instance, const BackupSet& set, const RecoveryTarget& target) {
  const BackupVerification verified = verify(instance, set);
  if (!verified.usable) {
    throw Error{ErrorCode::backup_unusable,
        fmt::format("backup set {} was not restored: {}", set.id, verified.problem),
        "Nothing of it was used. Restore an older verified set."};
  }
  const std::string data = instance.path_of(Place::data);
  std::vector<std::string> words{"recover", "--get-wal"};
  for (std::string& word : words_of(target, set.timeline)) {
    words.push_back(std::move(word));
  }
  words.insert(words.end(), {server, set.label, data});
  try {
    const Completed recovered =
        demand_success(call_with(recover_config_path(instance), instance, std::move(words)),
            "recover", "Is there room for it, and can the repository be read?");
    const std::string settings = data + "/postgresql.auto.conf";
    put_file(instance, settings,
        with_restore_command(get_file(instance, settings),
            fmt::format("barman \"--config={}\" get-wal -P {} %f > \"%p\"", config_path(instance),
                server)));
    return {.settings = {{"archive_mode", "off"}}, .complaints = barman_complaints(recovered.err)};
  } catch (const Error&) {
    empty_data_directory(instance);
    throw;
  }
}

std::vector<std::string> BarmanTool::load(Cluster&, const BackupSet&) {
  refuse(*this, "load a set into a running server");
}

}  // namespace pgrehearse
