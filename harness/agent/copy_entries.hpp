// Copies the entries of a tree on all cores: what copying a data directory costs is not its bytes
// but its thousand files.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "harness/agent/tree.hpp"

namespace pgrehearse {

/// Told of every piece of entries[index] that was written, in order, the last one maybe empty.
/// Called from several threads, but never from two for the same file.
using PieceSink = std::function<void(std::size_t index, std::string_view bytes)>;

/// Makes every entry of `from` in the existing, empty directory `to`. The entries are those of
/// entries_of_tree(from). Files get their permission bits, directories have 0700 until
/// set_directory_modes. Throws Error{io}; then `to` holds a part.
void copy_entries(const std::filesystem::path& from, const std::filesystem::path& to,
    const std::vector<TreeEntry>& entries, const PieceSink& seen);

/// Inner ones first: a directory may be read-only.
void set_directory_modes(const std::filesystem::path& to, const std::vector<TreeEntry>& entries);

/// Copies the tree `from` to `to`, which must not exist: made with mode 0700. Links are copied as
/// they are. Nothing is synced. Throws Error{io}.
void copy_tree(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace pgrehearse
