// A backup that a team already has: which files count as one, which of them is meant, and what it
// is. A name proves nothing: what a thing is, its first bytes say.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.hpp"

namespace pgrehearse {

enum class ArtifactFormat {
  custom_dump,     ///< pg_dump --format=custom
  directory_dump,  ///< pg_dump --format=directory
  tar_dump,        ///< pg_dump --format=tar
  plain_dump,      ///< SQL of pg_dump or pg_dumpall
  data_directory,  ///< the files of a whole cluster
  base_tar,        ///< a folder with base.tar, as pg_basebackup --format=tar leaves it
  tar,             ///< a tar of something: it has to be unpacked to know
  gzip,
  zstd,
  xz,
  bzip2,
  encrypted,  ///< by age or GnuPG
  unknown,
};
[[nodiscard]] std::string_view name_of(ArtifactFormat format);

/// By content: of a file its first 512 bytes, of a folder what lies in it. Throws Error{io}.
[[nodiscard]] ArtifactFormat format_of(const std::filesystem::path& path);

/// One thing that may be restored.
struct Artifact {
  std::string name;                 ///< of its file or folder
  std::filesystem::path path = {};  ///< empty: a set that its tool has to bring first
  Timestamp modified = {};          ///< of the newest file in it: what a copy may have changed
  std::int64_t bytes = 0;
};

/// Throws Error{io} when nothing is at `path`.
void demand_there(const std::filesystem::path& path);

/// Every artifact there, newest first, of equal times by name, the greatest first. `path` is an
/// artifact itself, or a folder of them: then those count whose names match `pattern` (as the shell
/// does, "shop-*.dump"). Hidden files, unfinished ones (.part, .tmp) and lists of digests (.sha256,
/// .md5) are none. Throws Error{io} when nothing is at `path`.
[[nodiscard]] std::vector<Artifact> artifacts_in(
    const std::filesystem::path& path, const std::string& pattern);

/// Whether a name counts in a folder of artifacts.
[[nodiscard]] bool counts_as_artifact(const std::string& name, const std::string& pattern);
void sort_newest_first(std::vector<Artifact>& artifacts);

/// "latest", "oldest", "random" (the same one for the same seed), a number from 1 (1 is the latest,
/// 2 the one before it) or a name. Throws Error{backup_unusable} when there are none, not as many,
/// or none of that name.
[[nodiscard]] const Artifact& chosen_of(
    const std::vector<Artifact>& artifacts, const std::string& choice, std::int64_t seed);

}  // namespace pgrehearse
