// Files and directories of this host. Everything here throws Error{io} naming the path and the
// reason.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace pgrehearse {

[[nodiscard]] std::string read_file(const std::filesystem::path& path);
/// Appears whole or not at all, even if we die here: temporary name, fsync, rename, fsync of the
/// folder.
void write_file(const std::filesystem::path& path, std::string_view content, unsigned mode = 0644);
/// The same without fsync: whole or not at all if this program dies, but not if the host does.
void replace_file(
    const std::filesystem::path& path, std::string_view content, unsigned mode = 0644);
/// With all missing parents (those with the default mode); the folder itself is private (0700).
void make_private_directory(const std::filesystem::path& path);

/// A private folder under the system's temporary folder, removed with all it holds at the end of
/// scope.
class [[nodiscard]] TempDir {
 public:
  explicit TempDir(std::string_view prefix);
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace pgrehearse
