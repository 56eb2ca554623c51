// Takes the wrappings off a team's backup, one after the other: decrypted, decompressed, unpacked,
// until there is something that Postgres' own programs can restore.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/backup/artifact.hpp"
#include "harness/process/program.hpp"

namespace pgrehearse {

struct OpenedArtifact {
  ArtifactFormat format = ArtifactFormat::unknown;  ///< a dump or data_directory
  std::filesystem::path path;                       ///< the artifact itself when it had no wrapping
  std::vector<std::string> wrappings = {};  ///< "decrypt", "gzip": in the order they came off
};

/// `decrypt` reads the artifact from its standard input and writes what is in it; it is run on
/// every file, whether that looks encrypted or not. `work` is a private folder of this host that
/// takes what comes out; the artifact itself is only read. Throws Error{backup_unusable} naming the
/// wrapping that did not come off, or when what is in it is no backup; the words of the programs
/// are not repeated.
[[nodiscard]] OpenedArtifact open_artifact(const Artifact& artifact,
    const std::optional<Program>& decrypt, const std::filesystem::path& work);

}  // namespace pgrehearse
