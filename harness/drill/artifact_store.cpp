#include "harness/drill/artifact_store.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "harness/backup/pgbackrest_repository.hpp"
#include "harness/backup/stored_artifact.hpp"
#include "harness/backup/stored_wal.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/store/s3_store.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

// What the store says of the team's place is the backup's fault, or that of who keeps it. No answer
// is nobody's.
template <typename Ask>
auto asked(const S3Location& location, const Ask& ask) {
  try {
    return ask();
  } catch (const Error& error) {
    switch (error.code()) {
      case ErrorCode::store_refused:
      case ErrorCode::object_missing:
      case ErrorCode::object_damaged:
      case ErrorCode::bad_config:  // no such bucket
      case ErrorCode::bad_value:   // no key of ours
        throw Error{ErrorCode::backup_unusable,
            fmt::format("{}: {}", location.text(), error.message()), error.hint()};
      default:
        throw;
    }
  }
}

std::unique_ptr<S3Store> store_at(const S3Location& location, const ArtifactSpec& spec) {
  return std::make_unique<S3Store>(s3_config_at(location, spec.access));
}

// The part of the way that is there, and what somebody may have meant by the part after it.
[[noreturn]] void report_nothing_at(S3Store& store, const S3Location& location) {
  const std::size_t slash = location.key.rfind('/');
  const std::string parent = slash == std::string::npos ? "" : location.key.substr(0, slash + 1);
  std::vector<std::string> names;
  try {
    names = store.names_below(parent);
  } catch (const Error&) {
    names.clear();  // who may list the place itself only
  }
  for (std::string& name : names) {
    name = name.ends_with('/') ? name.substr(0, name.size() - 1) : name;
  }
  const auto meant = nearest(location.key.substr(parent.size()), names);
  constexpr std::size_t some = 5;
  const std::size_t shown = std::min(some, names.size());
  const std::string there = names.empty() ? "Does the job that takes backups still write there?"
                                          : fmt::format("Beside it are: {}{}.",
                                                joined(std::span{names}.first(shown), ", "),
                                                shown < names.size() ? " and others" : "");
  throw Error{ErrorCode::backup_unusable, fmt::format("there is nothing at {}", location.text()),
      meant ? fmt::format("Did you mean 's3://{}/{}{}'?", location.bucket, parent, *meant) : there};
}

std::vector<std::string> stanzas_at(S3Store& store, const S3Location& location) {
  const std::string folder = location.key.empty() ? "" : location.key + "/";
  if (store.names_below(folder).empty()) {
    report_nothing_at(store, location);
  }
  std::set<std::string> stanzas;
  for (const char* part : {"backup/", "archive/"}) {
    for (const std::string& name : store.names_below(folder + part)) {
      if (name.ends_with('/')) {
        stanzas.insert(name.substr(0, name.size() - 1));
      }
    }
  }
  if (stanzas.empty()) {
    throw Error{ErrorCode::backup_unusable, "no repository of pgbackrest is there",
        "It has archive/ and backup/ in it: 'artifact.path' ends where they begin."};
  }
  return {stanzas.begin(), stanzas.end()};
}

}  // namespace

std::unique_ptr<OwnRepository> own_repository(const ArtifactSpec& spec, const fs::path& work) {
  RepositoryPlace place{.path = spec.path,
      .tool = spec.tool,
      .section = spec.section,
      .passphrase_env = spec.passphrase_env};
  if (!is_s3_location(spec.path.string())) {
    demand_there(spec.path);
    return repository_at(place, work);
  }
  if (spec.tool.empty()) {
    return nullptr;
  }
  const S3Location location = s3_location(spec.path.string());
  place.path = location.key;
  place.bucket = s3_config_at(location, spec.access);
  S3Store store{*place.bucket};
  const std::vector<std::string> stanzas =
      asked(location, [&] { return stanzas_at(store, location); });
  return std::make_unique<PgbackrestRepository>(place, stanzas, work);
}

std::vector<Artifact> stored_artifacts(const ArtifactSpec& spec) {
  const S3Location location = s3_location(spec.path.string());
  const auto store = store_at(location, spec);
  return asked(location, [&] {
    std::vector<Artifact> artifacts = artifacts_in(*store, location.key, spec.match);
    if (artifacts.empty() && objects_at(*store, location.key).empty()) {
      report_nothing_at(*store, location);
    }
    return artifacts;
  });
}

fs::path fetched(const ArtifactSpec& spec, const Artifact& artifact, const fs::path& folder) {
  const S3Location location = s3_location(spec.path.string());
  const auto store = store_at(location, spec);
  return asked(location, [&] { return fetch_artifact(*store, artifact, folder); });
}

void fetch_file(const ArtifactSpec& spec, const std::string& where, const fs::path& to) {
  const S3Location location = s3_location(where);
  const auto store = store_at(location, spec);
  asked(location, [&] { return get_foreign_file(*store, location.key, to); });
}

std::unique_ptr<WalSource> stored_wal(const ArtifactSpec& spec, const fs::path& work) {
  const S3Location location = s3_location(spec.wal.string());
  auto store = store_at(location, spec);
  return asked(
      location, [&] { return std::make_unique<StoredWal>(std::move(store), location.key, work); });
}

}  // namespace pgrehearse
