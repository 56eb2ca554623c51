#include "harness/backup/own_repository.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/backup/barman_repository.hpp"
#include "harness/backup/pgbackrest_repository.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {

std::string repository_tool_at(const std::filesystem::path& path) {
  if (!PgbackrestRepository::stanzas_in(path).empty()) {
    return "pgbackrest";
  }
  return BarmanRepository::servers_in(path).empty() ? "" : "barman";
}

std::unique_ptr<OwnRepository> repository_at(
    const RepositoryPlace& place, const std::filesystem::path& work) {
  const std::string there = repository_tool_at(place.path);
  if (!place.tool.empty() && place.tool != there) {
    throw Error{ErrorCode::backup_unusable, fmt::format("no repository of {} is there", place.tool),
        place.tool == "pgbackrest"
            ? "Its folder has archive and backup in it, each with a folder for each stanza. May "
              "who "
              "runs the drill read them?"
            : "Its folder has base and wals in it, or a folder with these for each server. May who "
              "runs the drill read them?"};
  }
  if (there == "pgbackrest") {
    return std::make_unique<PgbackrestRepository>(
        place, PgbackrestRepository::stanzas_in(place.path), work);
  }
  return there == "barman" ? std::make_unique<BarmanRepository>(place) : nullptr;
}

std::string section_of(
    const std::vector<std::string>& there, const std::string& named, const std::string& kind) {
  const std::string all = fmt::format("There are: {}.", joined(there, ", "));
  if (named.empty() && there.size() > 1) {
    throw Error{ErrorCode::backup_unusable,
        fmt::format("the repository has more than one {}, and none is named", kind),
        fmt::format("Name one as 'artifact.{}'. {}", kind, all)};
  }
  if (named.empty() && there.size() == 1) {
    return there.front();
  }
  if (std::find(there.begin(), there.end(), named) == there.end()) {
    const auto meant = nearest(named, there);
    throw Error{ErrorCode::backup_unusable,
        fmt::format("the repository has no {} '{}'", kind, named),
        fmt::format("{}{}", meant ? fmt::format("Did you mean '{}'? ", *meant) : "", all)};
  }
  return named;
}

}  // namespace pgrehearse
