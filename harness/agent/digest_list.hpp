// The content of a directory tree as text: one line an entry, so that two trees are equal exactly
// when their lists are. Proves that an archive or a backup set was not touched.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/agent/tree.hpp"

namespace pgrehearse {

struct DigestEntry {
  EntryKind kind = EntryKind::file;
  std::string path;         ///< relative to the root
  std::string sha256 = {};  ///< files only
  std::uint64_t bytes = 0;  ///< files only
  std::string target = {};  ///< links only

  friend bool operator==(const DigestEntry&, const DigestEntry&) = default;
};

/// Reads every file, on all cores. Sorted bytewise by path. Throws Error{io}: see entries_of_tree;
/// also when a file changes its size while it is read.
[[nodiscard]] std::vector<DigestEntry> digest_of_tree(const std::filesystem::path& root);

/// The WAL files of an archive that may be written to meanwhile: a file that archive-push has not
/// finished has another name and is left out. Sorted bytewise by name. Throws Error{io}.
[[nodiscard]] std::vector<DigestEntry> digest_of_archive(const std::filesystem::path& archive);

/// "<sha256> <bytes> <path>", "dir - <path>", "link <target> <path>", each with a newline. In names
/// and targets a backslash is written \\, a newline \n, a carriage return \r; in targets a space is
/// \s.
[[nodiscard]] std::string text_of(const std::vector<DigestEntry>& entries);

/// The inverse. Throws Error{bad_value} naming the line for anything text_of does not write, for a
/// path that stands twice, and for lines out of order.
[[nodiscard]] std::vector<DigestEntry> parse_digest_list(std::string_view text);

}  // namespace pgrehearse
