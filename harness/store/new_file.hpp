// A file that comes into being whole or not at all.
#pragma once

#include <filesystem>
#include <string_view>

#include "harness/process/spawn.hpp"

namespace pgrehearse {

/// Written under a temporary name beside its place, mode 0600; unless it is kept, removed at the
/// end of scope. All throw Error{io} naming the path.
class [[nodiscard]] NewFile {
 public:
  explicit NewFile(std::filesystem::path to);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void add(std::string_view piece);
  /// Onto the disk, then in place of whatever was there, and the folder onto the disk.
  void keep();

 private:
  std::filesystem::path to_;
  std::filesystem::path temporary_;  // empty once it is kept
  OwnedFd file_;
};

}  // namespace pgrehearse
