#include "harness/backup/off_site.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/backup/archive.hpp"
#include "harness/backup/tool_cannot.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/random.hpp"
#include "harness/base/text.hpp"
#include "harness/process/run.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr Milliseconds hours_at_most = std::chrono::hours{4};
constexpr std::string_view base_prefix = "base/";
constexpr std::string_view wal_prefix = "wal/";

std::string content_key(const BackupSet& set) {
  return fmt::format("{}{}.tar", base_prefix, set.id);
}

std::string note_key(const BackupSet& set) {
  return fmt::format("{}{}.json", base_prefix, set.id);
}

// A private folder below the spool, gone at the end of scope.
class SpoolFolder {
 public:
  explicit SpoolFolder(const fs::path& spool) : path_(spool / random_hex(8)) {
    make_private_directory(path_);
  }
  ~SpoolFolder() {
    std::error_code ignored;  // the spool itself goes with the run
    fs::remove_all(path_, ignored);
  }
  SpoolFolder(const SpoolFolder&) = delete;
  SpoolFolder& operator=(const SpoolFolder&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string json_of(const BackupSet& set) {
  return nlohmann::json{{"id", set.id}, {"digests", set.digest_list}, {"start", set.start.text()},
      {"end", set.end.text()}, {"timeline", static_cast<std::uint32_t>(set.timeline)},
      {"files", set.files}, {"bytes", set.bytes}}
      .dump();
}

BackupSet set_in(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text);
  BackupSet set{.id = json.at("id"), .volume = {}};
  set.label = set.id;
  set.folder = set.id;
  set.digest_list = json.at("digests");
  set.start = Lsn::parse(json.at("start").get<std::string>());
  set.end = Lsn::parse(json.at("end").get<std::string>());
  set.timeline = TimelineId{json.at("timeline").get<std::uint32_t>()};
  set.files = json.at("files");
  set.bytes = json.at("bytes");
  return set;
}

std::vector<std::string> files_in(Instance& instance, const std::string& folder) {
  std::vector<std::string> names;
  for (const std::string& name : lines_of(exec_or_throw(instance, {.argv = {"ls", folder}}).out)) {
    if (is_archived_name(name)) {
      names.push_back(name);
    }
  }
  return names;
}

void pack(Instance& instance, const std::string& folder, const std::vector<std::string>& names,
    const fs::path& to) {
  std::vector<std::string> argv{"tar", "-c", "-f", "-", "-C", folder};
  argv.insert(argv.end(), names.begin(), names.end());
  exec_or_throw(instance, {.argv = argv, .output_file = to, .deadline = hours_at_most});
}

void unpack(Instance& instance, const fs::path& from, const std::string& folder) {
  exec_or_throw(instance, {.argv = {"mkdir", "-p", "-m", "0700", folder}});
  try {
    exec_or_throw(instance, {.argv = {"tar", "-x", "-p", "-f", "-", "-C", folder},
                                .input_file = from,
                                .deadline = hours_at_most});
  } catch (const Error&) {
    instance.exec({.argv = {"rm", "-rf", "--", folder}});
    throw;
  }
}

}  // namespace

OffSite::OffSite(ObjectStore& store, fs::path spool) : store_(store), spool_(std::move(spool)) {}

void OffSite::ship(Instance& instance, const BackupSet& set) {
  if (set.digest_list.empty() || !set.database.empty()) {
    throw ToolCannot{ErrorCode::refused,
        fmt::format("{} cannot be put into an object store: it is no set of pg_basebackup", set.id),
        "Other tools have repositories of their own. Leave this scenario out with --gtest_filter, "
        "or drill it with backup: {tool: pg_basebackup}."};
  }
  ship_folder(instance, instance.path_of_volume(set.volume) + "/" + set.id, content_key(set));
  store_.put(note_key(set), Content::of_bytes(json_of(set)), {});
}

std::string OffSite::ship_folder(
    Instance& instance, const std::string& folder, const std::string& key) {
  const SpoolFolder spool{spool_};
  const fs::path packed = spool.path() / "folder.tar";
  pack(instance, folder, {"."}, packed);
  const Content content = Content::of_file(packed);
  store_.put(key, content, {});
  return sha256_of(content);
}

std::vector<std::string> OffSite::keys_of(const BackupSet& set) {
  return {note_key(set), content_key(set)};
}

std::size_t OffSite::ship_wal(Instance& instance, const std::string& archive_volume) {
  const std::string folder = instance.path_of_volume(archive_volume);
  const std::vector<std::string> there = wal();
  std::vector<std::string> missing;
  const std::vector<std::string> here = files_in(instance, folder);
  std::set_difference(
      here.begin(), here.end(), there.begin(), there.end(), std::back_inserter(missing));
  if (missing.empty()) {
    return 0;
  }
  const SpoolFolder spool{spool_};
  const fs::path packed = spool.path() / "wal.tar";
  pack(instance, folder, missing, packed);
  run_or_throw({.argv = {"tar", "-x", "-f", packed, "-C", spool.path()}});
  for (const std::string& name : missing) {
    store_.put(std::string{wal_prefix} + name, Content::of_file(spool.path() / name), {});
  }
  return missing.size();
}

std::vector<BackupSet> OffSite::backups() {
  std::vector<BackupSet> sets;
  for (const ObjectInfo& object : store_.list(std::string{base_prefix})) {
    if (object.key.ends_with(".json")) {
      sets.push_back(set_in(get_bytes(store_, object.key)));
    }
  }
  std::sort(sets.begin(), sets.end(),
      [](const BackupSet& a, const BackupSet& b) { return a.start < b.start; });
  return sets;
}

std::vector<std::string> OffSite::wal() {
  std::vector<std::string> names;
  for (const ObjectInfo& object : store_.list(std::string{wal_prefix})) {
    names.push_back(object.key.substr(wal_prefix.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

BackupSet OffSite::fetch(const BackupSet& set, Instance& instance, const std::string& volume) {
  const SpoolFolder spool{spool_};
  const fs::path packed = spool.path() / "set.tar";
  get_file(store_, content_key(set), packed);
  unpack(instance, packed, instance.path_of_volume(volume) + "/" + set.id);
  BackupSet fetched = set;
  fetched.volume = volume;
  return fetched;
}

void OffSite::fetch_wal(Instance& instance, const std::string& archive_volume) {
  const SpoolFolder spool{spool_};
  const std::vector<std::string> names = wal();
  if (names.empty()) {
    return;
  }
  const fs::path folder = spool.path() / "wal";
  make_private_directory(folder);
  for (const std::string& name : names) {
    get_file(store_, std::string{wal_prefix} + name, folder / name);
  }
  const fs::path packed = spool.path() / "wal.tar";
  std::vector<std::string> pack_all{"tar", "-c", "-f", packed, "-C", folder};
  pack_all.insert(pack_all.end(), names.begin(), names.end());
  run_or_throw({.argv = pack_all});
  exec_or_throw(
      instance, {.argv = {"tar", "-x", "-f", "-", "-C", instance.path_of_volume(archive_volume)},
                    .input_file = packed,
                    .deadline = hours_at_most});
}

}  // namespace pgrehearse
