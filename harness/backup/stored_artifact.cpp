#include "harness/backup/stored_artifact.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fnmatch.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

std::string folder_of(const std::string& place) {
  return place.empty() ? "" : place + "/";
}

std::string last_part(const std::string& key) {
  return key.substr(key.rfind('/') + 1);  // npos + 1 is 0
}

void count(Artifact& artifact, const ObjectInfo& object) {
  artifact.bytes += static_cast<std::int64_t>(object.bytes);
  artifact.modified = std::max(artifact.modified, object.modified);
}

// What format_of() asks of a folder, asked of the names below one.
bool is_one_backup(const std::vector<std::string>& files) {
  const auto has = [&](std::string_view name) {
    return std::find(files.begin(), files.end(), name) != files.end();
  };
  return has("toc.dat") || (has("PG_VERSION") && has("global/pg_control")) ||
         std::any_of(files.begin(), files.end(),
             [](const std::string& name) { return name.starts_with("base.tar"); });
}

void refuse_repository(const std::vector<std::string>& files) {
  for (const std::string& name : files) {
    for (const char* catalogue :
        {"backup/*/backup.info", "base/*/backup.info", "*/base/*/backup.info"}) {
      if (fnmatch(catalogue, name.c_str(), FNM_PATHNAME) == 0) {
        throw Error{ErrorCode::backup_unusable,
            "what is there is the repository of a backup tool, and drill.yaml does not say so",
            "Say 'tool: pgbackrest' beside 'artifact.path'. Barman's is read from a folder only: "
            "copy or mount it on this host."};
      }
    }
  }
}

}  // namespace

std::vector<ObjectInfo> objects_at(ObjectStore& store, const std::string& place) {
  std::vector<ObjectInfo> found = store.list(place);
  const std::string below = folder_of(place);
  std::erase_if(found, [&](const ObjectInfo& object) {
    return object.key.ends_with('/') || (object.key != place && !object.key.starts_with(below));
  });
  return found;
}

std::vector<Artifact> artifacts_in(
    ObjectStore& store, const std::string& place, const std::string& pattern) {
  const std::vector<ObjectInfo> objects = objects_at(store, place);
  const std::string below = folder_of(place);
  Artifact whole{.name = last_part(place), .path = place};
  std::vector<std::string> files;
  std::map<std::string, Artifact> by_name;
  for (const ObjectInfo& object : objects) {
    if (object.key == place) {
      count(whole, object);
      return {whole};
    }
    files.push_back(object.key.substr(below.size()));
    const std::string name = files.back().substr(0, files.back().find('/'));
    if (counts_as_artifact(name, pattern)) {
      Artifact& artifact = by_name[name];
      artifact.name = name;
      artifact.path = below + name;
      count(artifact, object);
    }
    count(whole, object);
  }
  refuse_repository(files);
  if (is_one_backup(files)) {
    return {whole};
  }
  std::vector<Artifact> found;
  found.reserve(by_name.size());
  for (auto& [name, artifact] : by_name) {
    found.push_back(std::move(artifact));
  }
  sort_newest_first(found);
  return found;
}

fs::path fetch_artifact(ObjectStore& store, const Artifact& artifact, const fs::path& folder) {
  const std::string key = artifact.path.string();
  const fs::path to = folder / (artifact.name.empty() ? "backup" : artifact.name);
  const std::vector<ObjectInfo> objects = objects_at(store, key);
  for (const ObjectInfo& object : objects) {
    if (object.key == key) {
      get_foreign_file(store, key, to);
      return to;
    }
    const fs::path file = to / object.key.substr(folder_of(key).size());
    make_private_directory(file.parent_path());
    get_foreign_file(store, object.key, file);
  }
  if (objects.empty()) {
    throw Error{ErrorCode::backup_unusable,
        fmt::format("{} was there a moment ago, and is not any more", artifact.name),
        "Does a job that removes old backups run now?"};
  }
  return to;
}

}  // namespace pgrehearse
