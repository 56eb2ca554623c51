#include "harness/backup/base_backup.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

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

// Replay runs from the first Start-LSN to the last End-LSN of the manifest's WAL-Ranges.
void read_manifest(const std::string& text, BackupSet& set) {
  const nlohmann::json manifest = nlohmann::json::parse(text);
  const nlohmann::json& range = manifest.at("WAL-Ranges").back();
  set.timeline = TimelineId{range.at("Timeline").get<std::uint32_t>()};
  set.start = Lsn::parse(range.at("Start-LSN").get<std::string>());
  set.end = Lsn::parse(range.at("End-LSN").get<std::string>());
}

}  // namespace

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

BackupVerification verify_base_backup(Instance& instance, const BackupSet& set) {
  const std::string by = "pg_verifybackup agrees with its manifest";
  const std::string folder = folder_of(instance, set);
  const Completed verified = instance.exec({.argv = {"pg_verifybackup", "--quiet", folder},
      .env = {{"LC_ALL", Secret{"C"}}},
      .deadline = hours_at_most});
  if (!verified.ok()) {
    return {.problem = fmt::format("pg_verifybackup exits {}", verified.status), .by = by};
  }
  return {.usable = true, .problem = {}, .by = by};
}

void restore_base_backup(Instance& instance, const BackupSet& set) {
  copy_verified(instance, set, instance.path_of(Place::data));
}

}  // namespace pgrehearse
