// Brings a file into an instance through its standard input, so that no secret in it is ever part
// of a command line.
#pragma once

#include <filesystem>

namespace pgrehearse {

/// Reads the descriptor `from` to its end, then writes the file: whole or not at all, mode 0600,
/// durable. Replaces a file that is there. Throws Error{io} naming the path, never the content.
void put(int from, const std::filesystem::path& path);

}  // namespace pgrehearse
