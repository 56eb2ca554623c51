// The compressions in which backups and WAL come, and the programs that take them off.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "harness/backup/artifact.hpp"

namespace pgrehearse {

struct Decompressor {
  ArtifactFormat format;
  const char* program;      ///< takes --decompress --stdout
  std::string_view ending;  ///< of a file's name: ".gz"
};

/// Null for a format that is no compression.
[[nodiscard]] const Decompressor* decompressor_of(ArtifactFormat format);

/// The name of an archived file as Postgres knows it: without the ending of a compression.
[[nodiscard]] std::string archived_name_of(const std::string& file);

/// Copies an archived file under its bare name, decompressed: by its ending or, for tools that
/// keep the bare name, by its first bytes. Throws Error{archive_gap} when it does not come off.
void copy_decompressed(const std::filesystem::path& file, const std::filesystem::path& to);

}  // namespace pgrehearse
