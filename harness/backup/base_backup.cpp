#include "harness/backup/base_backup.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds hours_at_most = std::chrono::hours{4};

std::string folder_of(const Instance& instance, const BackupSet& set) {
  return instance.path_of_volume(set.volume) + "/" + set.id;
}

std::string digest_text(Instance& instance, const std::string& folder) {
  return exec_or_throw(instance,
      {.argv = {instance.path_of(Place::agent), "digest", folder}, .deadline = hours_at_most})
      .out;
}

// All but the list of files, which is thirty thousand long where there are ten thousand tables.
nlohmann::json without_files(const std::string& manifest) {
  using Json = nlohmann::json;
  return Json::parse(manifest, [](int depth, Json::parse_event_t event, const Json& part) {
    return depth != 1 || event != Json::parse_event_t::key || part != "Files";
  });
}

// Replay runs from the first Start-LSN to the last End-LSN of the manifest's WAL-Ranges.
void read_manifest(const std::string& text, BackupSet& set) {
  const nlohmann::json manifest = without_files(text);
  const nlohmann::json& range = manifest.at("WAL-Ranges").back();
  set.timeline = TimelineId{range.at("Timeline").get<std::uint32_t>()};
  set.start = Lsn::parse(range.at("Start-LSN").get<std::string>());
  set.end = Lsn::parse(range.at("End-LSN").get<std::string>());
}

bool is_there(Instance& instance, const std::string& path) {
  return instance.exec({.argv = {"test", "-f", path}}).ok();
}

// "START WAL LOCATION: 0/2000028 (file 000000010000000000000002)", "START TIMELINE: 1"
void read_label(const std::string& text, BackupSet& set) {
  constexpr std::string_view location = "START WAL LOCATION: ";
  constexpr std::string_view timeline = "START TIMELINE: ";
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with(location)) {
      const std::string rest = line.substr(location.size());
      set.start = Lsn::parse(rest.substr(0, rest.find(' ')));
    } else if (line.starts_with(timeline)) {
      set.timeline =
          TimelineId{static_cast<std::uint32_t>(std::stoul(line.substr(timeline.size())))};
    }
  }
  set.end = set.start;
}

void demand_version(Instance& instance, const std::string& folder, const std::string& server) {
  const std::string text = get_file(instance, folder + "/PG_VERSION");
  const std::string theirs{trimmed(text)};
  const std::string ours = server.substr(0, server.find('.'));
  if (theirs != ours) {
    throw Error{ErrorCode::backup_unusable,
        fmt::format("the backup is of Postgres {}, and the server here is {}", theirs, ours),
        "The files of a cluster are read by its own major version only: name its image."};
  }
}

bool has_wal(Instance& instance, const std::string& folder) {
  return instance.exec({.argv = {"find", folder + "/pg_wal", "-maxdepth", "1", "-type", "f"}})
             .out.find_first_not_of(" \n") != std::string::npos;
}

}  // namespace

BackupSet base_backup_there(Instance& instance, const std::string& volume, const std::string& id,
    const std::string& server_version) {
  BackupSet set{.id = id, .volume = volume, .label = id, .folder = id};
  const std::string folder = folder_of(instance, set);
  demand_version(instance, folder, server_version);
  if (!is_there(instance, folder + "/backup_label")) {
    throw Error{ErrorCode::backup_unusable, "the data directory has no backup_label",
        "Nobody knows from where on it must be replayed: it is a copy of a cluster's files, and no "
        "base backup; or somebody removed the label."};
  }
  if (is_there(instance, folder + "/backup_manifest")) {
    read_manifest(get_file(instance, folder + "/backup_manifest"), set);
  } else {
    read_label(get_file(instance, folder + "/backup_label"), set);
  }
  set.digest_list = digest_text(instance, folder);
  count_files(set);
  return set;
}

BackupSet take_base_backup(Cluster& source, const std::string& volume, const std::string& id,
    const std::string& checkpoint) {
  Instance& instance = source.instance();
  BackupSet set{.id = id, .volume = volume, .label = id, .folder = id};
  const std::string folder = folder_of(instance, set);
  const Endpoint inside = instance.listen_inside();
  exec_or_throw(instance,
      {.argv = {"pg_basebackup", "--pgdata", folder, "--host", instance.path_of(Place::sockets),
           "--port", fmt::format("{}", inside.port), "--username", "postgres", "--no-password",
           "--checkpoint", checkpoint, "--wal-method", "stream", "--manifest-checksums", "CRC32C",
           "--no-sync", "--label", id},
          .env = {{"PGPASSWORD", source.connection().password}, {"LC_ALL", Secret{"C"}}},
          .deadline = hours_at_most},
      "Can the superuser open a replication connection over the Unix socket?");
  // In place of pg_basebackup's fsync for each of its files; only then the set counts as taken.
  exec_or_throw(instance,
      {.argv = {instance.path_of(Place::agent), "sync", folder}, .deadline = hours_at_most});
  set.taken = SteadyTime::now();
  read_manifest(get_file(instance, folder + "/backup_manifest"), set);
  set.digest_list = digest_text(instance, folder);
  count_files(set);
  return set;
}

BackupVerification verify_base_backup(Instance& instance, const BackupSet& set, WalOfSet wal) {
  const std::string by = "pg_verifybackup agrees with its manifest";
  const std::string folder = folder_of(instance, set);
  std::vector<std::string> argv{"pg_verifybackup", "--quiet"};
  if (wal == WalOfSet::maybe_archived && !has_wal(instance, folder)) {
    argv.emplace_back("--no-parse-wal");
  }
  argv.push_back(folder);
  const Completed verified =
      instance.exec({.argv = argv, .env = {{"LC_ALL", Secret{"C"}}}, .deadline = hours_at_most});
  if (!verified.ok()) {
    return {.problem = fmt::format("pg_verifybackup exits {}", verified.status), .by = by};
  }
  return {.usable = true, .problem = {}, .by = by};
}

void restore_base_backup(Instance& instance, const BackupSet& set) {
  copy_verified(instance, set, instance.path_of(Place::data));
}

}  // namespace pgrehearse
