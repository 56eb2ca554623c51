// Which Postgres a dump was made of, and by which pg_dump: what its own header says. A dump of a
// newer version loads into an older server by luck at best.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "harness/backup/artifact.hpp"

namespace pgrehearse {

struct DumpOrigin {
  std::string server = {};   ///< "15.4": without what a distribution adds
  std::string program = {};  ///< of pg_dump
};

/// Nothing where the header does not say: a script of pg_dumpall may name it late, and other
/// programs write none. Throws Error{io}.
[[nodiscard]] std::optional<DumpOrigin> dump_origin_of(
    const std::filesystem::path& dump, ArtifactFormat format);

/// Whether the server or the pg_dump that it came from is of a newer major version than this
/// server ("15.20").
[[nodiscard]] bool is_newer(const DumpOrigin& origin, const std::string& server_version);

}  // namespace pgrehearse
