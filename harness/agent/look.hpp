// What lies about in a data directory and in its account's home: kind, permissions, where links
// lead, how files begin. Unlike tree.hpp it looks at a living server's files, so nothing is refused
// for being strange, and a file may be gone before it was looked at.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pgrehearse {

struct Sight {
  std::string place;  ///< "data", "home"
  std::string kind;   ///< "file", "directory", "link", "other" (a socket, a pipe, a device)
  unsigned mode = 0;
  std::string path;         ///< relative to its place
  std::string target = {};  ///< links only, as stored
  /// The first four bytes of a file; of *.conf and of dot files up to a mebibyte, all of them.
  std::string bytes = {};
};

/// Everything below `data`, and in `home` what begins with a dot, one level of folders deep. Not
/// sorted; links are not followed; a folder that is not there holds nothing. Throws Error{io} for
/// what is there and cannot be read.
[[nodiscard]] std::vector<Sight> look(
    const std::filesystem::path& data, const std::filesystem::path& home);

/// Six fields a sight (place, kind, octal mode, path, target, bytes as hexadecimal digits), each
/// ended by a zero byte: the only one that no path can hold. harness/check/intrusion_files.hpp
/// reads it.
[[nodiscard]] std::string text_of(const std::vector<Sight>& sights);

}  // namespace pgrehearse
