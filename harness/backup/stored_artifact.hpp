// The backups of a team that lie in an object store: the same as those in a folder, and the same
// choice among them. The store is listed and read, and nothing else.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/backup/artifact.hpp"
#include "harness/store/object_store.hpp"

namespace pgrehearse {

/// Every artifact at `place`, newest first: as artifacts_in() of a folder, with the keys below
/// "place/" as its files. Their path is the key, of a folder without a slash at its end; modified
/// says when the newest object of each was put. Nothing at the place is an empty list. Throws
/// Error{backup_unusable} for a repository of a backup tool, and what the store throws.
[[nodiscard]] std::vector<Artifact> artifacts_in(
    ObjectStore& store, const std::string& place, const std::string& pattern);

/// Gets one of them whole into `folder`, which is there, under its own name; gives that path.
/// Throws Error{backup_unusable} when nothing is there any more, and what the store throws.
[[nodiscard]] std::filesystem::path fetch_artifact(
    ObjectStore& store, const Artifact& artifact, const std::filesystem::path& folder);

/// The keys at a place of a store: an object itself, or the files below a folder. Without what
/// consoles put for folders, objects whose key ends with a slash.
[[nodiscard]] std::vector<ObjectInfo> objects_at(ObjectStore& store, const std::string& place);

}  // namespace pgrehearse
