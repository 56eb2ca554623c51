// What stands in a directory tree, without following symbolic links.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pgrehearse {

enum class EntryKind { file, directory, link };

struct TreeEntry {
  EntryKind kind = EntryKind::file;
  std::string path;         ///< relative to the root of the tree
  std::uint64_t bytes = 0;  ///< files only
  unsigned mode = 0;        ///< permission bits
  std::string target = {};  ///< links only, as stored
};

/// Everything below the root (not the root itself), sorted bytewise by path. Throws Error{io} for
/// what cannot be read, and for entries that are no file, directory or symbolic link.
[[nodiscard]] std::vector<TreeEntry> entries_of_tree(const std::filesystem::path& root);

}  // namespace pgrehearse
