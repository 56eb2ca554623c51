// The files of a repository, as far as one has to look to see what it is.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pgrehearse {

struct Tree {
  std::filesystem::path root;
  std::vector<std::filesystem::path> files = {};  ///< relative to the root, sorted

  /// Folders that hold a file of this name, relative to the root, the nearest to the root first.
  [[nodiscard]] std::vector<std::filesystem::path> folders_with(const std::string& name) const;
  /// The first 64 KiB of a file; empty when it cannot be read.
  [[nodiscard]] std::string text_of(const std::filesystem::path& file) const;
};

/// At most five folders deep and 50,000 files; folders of other people's code (node_modules,
/// vendor, virtual environments), of builds and of versions are left out. Throws Error{io} when
/// `root` is no folder.
[[nodiscard]] Tree tree_of(const std::filesystem::path& root);

}  // namespace pgrehearse
