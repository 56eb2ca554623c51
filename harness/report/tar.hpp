// A tar archive of one form only, so that the same files always make the same bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pgrehearse {

struct TarEntry {
  std::string name;  ///< relative, parts joined with '/'
  std::string content = {};
};

/// POSIX ustar: regular files, mode 0644, owner and times 0, in the order given. Any tar program
/// reads it. Throws Error{bad_value} for a name that ustar cannot hold.
[[nodiscard]] std::string write_tar(const std::vector<TarEntry>& entries);

/// The entries of an archive that write_tar wrote, to the byte. Throws Error{bad_value} for
/// anything else: cut off, longer, or with a byte changed in what surrounds the contents.
[[nodiscard]] std::vector<TarEntry> read_tar(std::string_view bytes);

}  // namespace pgrehearse
