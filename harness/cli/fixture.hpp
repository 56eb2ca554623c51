// Where a subject's drill.yaml is.
#pragma once

#include <filesystem>
#include <string>

namespace pgrehearse {

/// Nothing: the drill.yaml of the current folder, and without one the built-in bookings. Else a
/// path to a drill.yaml, or to its folder, or the name of a built-in subject ("bookings",
/// "pgbench"), found in fixtures/ or
/// share/pgrehearse/fixtures/ beside or above this program, or its companions. Throws
/// Error{bad_config} naming the built-in ones.
[[nodiscard]] std::filesystem::path subject_file(const std::string& asked);

}  // namespace pgrehearse
