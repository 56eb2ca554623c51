#include "harness/backup/pgbackrest_tool.hpp"

#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "harness/backup/clearing.hpp"
#include "harness/backup/pgbackrest_answers.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds hours_at_most = std::chrono::hours{4};
constexpr std::string_view stanza = "drill";

std::string config_path(const Instance& instance) {
  return instance.path_of(Place::scratch) + "/pgbackrest.conf";
}

std::string last_complaint(const Completed& completed) {
  const std::vector<std::string> complaints = pgbackrest_complaints(completed.err);
  return complaints.empty() ? fmt::format("it exits {} and says nothing", completed.status)
                            : complaints.back();
}

void demand_success(const Completed& completed, const std::string& command, const char* hint) {
  if (!completed.ok()) {
    throw Error{completed.timed_out ? ErrorCode::timed_out : ErrorCode::program_failed,
        fmt::format("pgbackrest {} failed: {}", command, last_complaint(completed)), hint};
  }
}

// The words of pgBackRest for a recovery target. The timeline is pinned, as in recovery_settings().
std::vector<std::string> words_of(const RecoveryTarget& target, TimelineId timeline) {
  std::vector<std::string> words;
  const std::string pinned =
      fmt::format("--target-timeline={}", static_cast<std::uint32_t>(timeline));
  if (std::holds_alternative<Latest>(target)) {
    return {"--type=default", pinned};
  }
  if (std::holds_alternative<Immediate>(target)) {
    return {"--type=immediate", "--target-action=promote"};
  }
  for (const auto& [name, value] : recovery_settings(target, timeline)) {
    constexpr std::string_view prefix = "recovery_target_";
    const std::string what = name.substr(std::min(name.size(), prefix.size()));
    if (what == "name" || what == "time" || what == "lsn" || what == "xid") {
      words.insert(words.begin(), {"--type=" + what, "--target=" + value});
    } else if (what == "inclusive" && value == "off") {
      words.emplace_back("--target-exclusive");
    }
  }
  words.insert(words.end(), {"--target-action=promote", pinned});
  return words;
}

}  // namespace

PgbackrestTool::PgbackrestTool(std::string volume, PgbackrestOptions options)
    : volume_(std::move(volume)),
      options_(std::move(options)),
      properties_{.name = "pgbackrest",
          .incremental = true,
          .encrypted = options_.passphrase.has_value(),
          .needs = {"pgbackrest"},
          .package = "pgbackrest"} {
  if (options_.passphrase && options_.passphrase->reveal().find('\n') != std::string::npos) {
    throw Error{ErrorCode::bad_config, "the passphrase of the repository has more than one line",
        "pgBackRest reads it from a line of its configuration."};
  }
}

// pgBackRest's own defaults stand, less what would reach outside of the instance. Sets are only
// expired by whoever asks for it.
std::string PgbackrestTool::configuration(const Instance& instance) const {
  const std::string scratch = instance.path_of(Place::scratch);
  std::map<std::string, std::string> options = options_.own;
  options.merge(std::map<std::string, std::string>{
      {"repo1-path", instance.path_of_volume(volume_) + "/pgbackrest"},
      {"repo1-retention-full", "9999999"}, {"log-path", scratch}, {"lock-path", scratch},
      {"spool-path", scratch}, {"log-level-console", "off"}, {"log-level-stderr", "warn"},
      {"log-level-file", "info"}, {"start-fast", options_.checkpoint == "fast" ? "y" : "n"},
      {"compress-type", "lz4"}});
  if (options_.passphrase) {
    options["repo1-cipher-type"] = "aes-256-cbc";
    options["repo1-cipher-pass"] = options_.passphrase->reveal();
  }
  std::string text = "[global]\n";
  for (const auto& [name, value] : options) {
    text += fmt::format("{}={}\n", name, value);
  }
  return text +
         fmt::format("[{}]\npg1-path={}\npg1-socket-path={}\npg1-port={}\npg1-user=postgres\n",
             stanza, instance.path_of(Place::data), instance.path_of(Place::sockets),
             instance.listen_inside().port);
}

void PgbackrestTool::configure(Instance& instance) {
  if (!configured_.contains(instance.name())) {
    put_file(instance, config_path(instance), configuration(instance));
    configured_.insert(instance.name());
  }
}

Completed PgbackrestTool::call(
    Instance& instance, std::vector<std::string> words, const Secret& password) const {
  words.insert(words.begin(),
      {"pgbackrest", "--config=" + config_path(instance), fmt::format("--stanza={}", stanza)});
  Program program{.argv = std::move(words), .deadline = hours_at_most};
  if (!password.empty()) {
    program.env.push_back({"PGPASSWORD", password});
  }
  return instance.exec(program);
}

// Paths inside instances hold no quotes; double quotes guard against spaces.
std::string PgbackrestTool::archive_command(const Instance& source) const {
  return fmt::format(
      "pgbackrest \"--config={}\" --stanza={} archive-push \"%p\"", config_path(source), stanza);
}

void PgbackrestTool::prepare(Cluster& source) {
  configure(source.instance());
  const Secret& password = source.connection().password;
  demand_success(call(source.instance(), {"stanza-create"}, password), "stanza-create",
      "Can the backups volume be written?");
  demand_success(call(source.instance(), {"check"}, password), "check",
      "It pushes a segment through archive_command: what does the source's server log say?");
}

BackupSet PgbackrestTool::take(Cluster& source, const TakeRequest& request) {
  Instance& instance = source.instance();
  configure(instance);
  const Completed taken = call(instance,
      {"backup", fmt::format("--type={}", name_of(request.kind))}, source.connection().password);
  demand_success(taken, "backup", "The set is not in the repository. Is there room for it?");
  BackupSet set{.id = request.id, .volume = volume_};
  set.taken = SteadyTime::now();
  set.complaints = pgbackrest_complaints(taken.err);
  const std::vector<PgbackrestBackup> backups =
      backups_in_info(call(instance, {"info", "--output=json"}).out, stanza);
  if (backups.empty() || backups.back().type != name_of(request.kind)) {
    throw Error{ErrorCode::program_failed,
        fmt::format("pgbackrest backup exits 0, and its newest set is not of type {}",
            name_of(request.kind)),
        "Without a full backup before it pgBackRest takes a full one."};
  }
  const PgbackrestBackup& newest = backups.back();
  if (newest.damaged) {
    set.complaints.emplace_back("pages of the source have wrong checksums");
  }
  set.label = newest.label;
  set.folder = fmt::format("pgbackrest/backup/{}/{}", stanza, newest.label);
  set.start = newest.start;
  set.end = newest.stop;
  set.timeline = newest.timeline;
  set.bytes = newest.bytes;
  return set;
}

std::vector<std::string> PgbackrestTool::list(Instance& instance) {
  configure(instance);
  std::vector<std::string> labels;
  for (const PgbackrestBackup& backup :
      backups_in_info(call(instance, {"info", "--output=json"}).out, stanza)) {
    labels.push_back(backup.label);
  }
  return labels;
}

std::vector<CataloguedSet> PgbackrestTool::catalogue(Instance& instance) {
  configure(instance);
  std::vector<CataloguedSet> sets;
  for (const PgbackrestBackup& backup :
      backups_in_info(call(instance, {"info", "--output=json"}).out, stanza)) {
    sets.push_back({.id = backup.label,
        .parent = backup.prior,
        .taken = backup.stopped,
        .start = backup.start,
        .end = backup.stop});
  }
  return sets;
}

void PgbackrestTool::remove(Instance& instance, const std::string& label) {
  configure(instance);
  demand_success(call(instance, {"expire", "--set=" + label}), "expire",
      "Is it the last full backup? That one stays.");
}

BackupVerification PgbackrestTool::verify(Instance& instance, const BackupSet& set) {
  configure(instance);
  const Completed verified =
      call(instance, {"verify", "--output=text", "--verbose", "--log-level-stderr=info"});
  if (!verified.ok()) {
    return {false, "pgbackrest verify: " + last_complaint(verified)};
  }
  return verification_in(
      {verified.out, verified.err}, set.label, wal_file_name(set.timeline, set.start));
}

RestoredFiles PgbackrestTool::restore(
    Instance& instance, const BackupSet& set, const RecoveryTarget& target) {
  configure(instance);
  std::vector<std::string> words{"restore", "--set=" + set.label, "--archive-mode=off"};
  const std::vector<std::string> stop = words_of(target, set.timeline);
  words.insert(words.end(), stop.begin(), stop.end());
  const Completed restored = call(instance, words);
  if (restored.ok()) {
    return {
        .settings = {{"archive_mode", "off"}}, .complaints = pgbackrest_complaints(restored.err)};
  }
  empty_data_directory(instance);
  if (!means_unusable(restored.status)) {
    demand_success(restored, "restore", "Is there room for it, and can the repository be read?");
  }
  throw Error{ErrorCode::backup_unusable,
      fmt::format("backup set {} was not restored: {}", set.id, last_complaint(restored)),
      "Nothing of it was used. Restore an older verified set."};
}

std::vector<std::string> PgbackrestTool::load(Cluster&, const BackupSet&) {
  refuse(*this, "load a set into a running server");
}

}  // namespace pgrehearse
