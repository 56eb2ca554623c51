#include "harness/backup/barman_repository.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "harness/backup/artifact_opening.hpp"
#include "harness/backup/wal_folder.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

// Newer versions keep all of them in one folder.
fs::path info_of(const fs::path& server, const std::string& set) {
  const fs::path newer = server / "meta" / (set + "-backup.info");
  return fs::exists(newer) ? newer : server / "base" / set / "backup.info";
}

// Somebody else's folders may have these names, too: sets of Barman have a backup.info.
bool is_server(const fs::path& folder) {
  std::error_code none;
  if (!fs::is_directory(folder / "wals", none) || !fs::is_directory(folder / "base", none)) {
    return false;
  }
  const fs::directory_iterator sets{folder / "base", none};
  return fs::is_empty(folder / "base", none) ||
         std::any_of(sets, fs::directory_iterator{}, [&](const fs::directory_entry& set) {
           return fs::exists(info_of(folder, set.path().filename().string()));
         });
}

std::map<std::string, std::string> values_in(std::string_view text) {
  std::map<std::string, std::string> values;
  for (const std::string& line : lines_of(text)) {
    const std::size_t equals = line.find('=');
    if (equals != std::string::npos) {
      const std::string value = line.substr(equals + 1);
      values[line.substr(0, equals)] = value == "None" ? "" : value;
    }
  }
  return values;
}

std::string trouble_in(std::map<std::string, std::string>& values) {
  const std::string& status = values["status"];
  if (status != "DONE" && status != "WAITING_FOR_WALS") {
    return status.empty() ? "its backup.info has no status" : "Barman gives it status " + status;
  }
  if (!values["tablespaces"].empty()) {
    return "it has a tablespace of its own: drills restore clusters without them only, so far";
  }
  return values["parent_backup_id"].empty() ? "" : "it is incremental: it builds on another set";
}

}  // namespace

std::vector<std::string> BarmanRepository::servers_in(const fs::path& path) {
  if (is_server(path)) {
    return {path.filename().empty() ? path.parent_path().filename().string()
                                    : path.filename().string()};
  }
  std::vector<std::string> servers;
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator{path, none}) {
    if (is_server(entry.path())) {
      servers.push_back(entry.path().filename().string());
    }
  }
  std::sort(servers.begin(), servers.end());
  return servers;
}

BarmanRepository::BarmanRepository(const RepositoryPlace& place) : server_(place.path) {
  const std::string name = section_of(servers_in(place.path), place.section, "server");
  if (!is_server(place.path)) {
    server_ /= name;
  }
}

std::optional<RepositorySet> set_in_backup_info(std::string_view text, Artifact artifact) {
  std::map<std::string, std::string> values = values_in(text);
  const std::string& status = values["status"];
  if (status == "STARTED" || status == "EMPTY" || status == "SYNCING") {
    return std::nullopt;
  }
  RepositorySet set{.artifact = std::move(artifact),
      .trouble = trouble_in(values),
      .last_segment = values["end_wal"]};
  for (const char* key : {"begin_time", "end_time"}) {
    try {
      set.artifact.modified = Timestamp::parse(values[key]);
    } catch (const Error&) {
      if (set.trouble.empty()) {
        set.trouble = fmt::format("its backup.info has no {}", key);
      }
    }
  }
  return set;
}

// A set that lacks its backup.info, or whose own is empty, is there and no good: it is not passed
// over. Names are times, so their order is that of the sets.
std::vector<RepositorySet> BarmanRepository::sets() {
  std::vector<RepositorySet> sets;
  for (const fs::directory_entry& entry : fs::directory_iterator{server_ / "base"}) {
    if (!entry.is_directory() || entry.path().filename().string().starts_with('.')) {
      continue;
    }
    const std::string name = entry.path().filename().string();
    const fs::path info = info_of(server_, name);
    auto set = set_in_backup_info(
        fs::exists(info) ? read_file(info) : "", {.name = name, .path = entry.path() / "data"});
    if (set) {
      sets.push_back(std::move(*set));
    }
  }
  std::sort(sets.begin(), sets.end(), [](const RepositorySet& a, const RepositorySet& b) {
    return a.artifact.name > b.artifact.name;
  });
  return sets;
}

fs::path BarmanRepository::open(const RepositorySet& set, const fs::path& work) {
  if (!fs::exists(set.artifact.path)) {
    throw Error{ErrorCode::backup_unusable,
        fmt::format("Barman's set {} has no folder 'data'", set.artifact.name),
        "Sets that Barman keeps as snapshots of a cloud cannot be drilled here."};
  }
  const OpenedArtifact opened = open_artifact(set.artifact, std::nullopt, work);
  if (opened.format != ArtifactFormat::data_directory) {
    throw Error{ErrorCode::backup_unusable,
        fmt::format("Barman's set {} is no data directory", set.artifact.name)};
  }
  return opened.path;
}

std::optional<BackupVerification> BarmanRepository::verification(const RepositorySet&) const {
  return std::nullopt;
}

std::unique_ptr<WalSource> BarmanRepository::wal(const RepositorySet&) {
  return std::make_unique<WalFolder>(server_ / "wals");
}

}  // namespace pgrehearse
