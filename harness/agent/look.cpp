#include "harness/agent/look.hpp"

#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/agent/descriptor.hpp"
#include "harness/base/error.hpp"
#include "harness/crypto/sha256.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t bytes_of_magic = 4;
constexpr std::size_t most_bytes = 1024UL * 1024;

bool is_gone() {
  return errno == ENOENT || errno == ENOTDIR;
}

std::string beginning_of(const fs::path& path) {
  const std::string name = path.filename().string();
  std::string bytes(
      name.ends_with(".conf") || name.starts_with('.') ? most_bytes : bytes_of_magic, '\0');
  // Not blocking: it may have become a pipe since.
  const Descriptor file{
      open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!file.is_open()) {
    if (is_gone() || errno == ELOOP) {
      return {};
    }
    throw_io("open", path);
  }
  bytes.resize(read_piece(file, bytes, path));
  return bytes;
}

// Nothing when it is gone.
std::optional<Sight> sight_of(const fs::path& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) {
    if (is_gone()) {
      return std::nullopt;
    }
    throw_io("stat", path);
  }
  Sight sight{.place = {}, .kind = "other", .mode = status.st_mode & 07777U, .path = {}};
  if (S_ISREG(status.st_mode)) {
    sight.kind = "file";
    sight.bytes = beginning_of(path);
  } else if (S_ISDIR(status.st_mode)) {
    sight.kind = "directory";
  } else if (S_ISLNK(status.st_mode)) {
    sight.kind = "link";
    std::error_code gone;
    sight.target = fs::read_symlink(path, gone).string();
  }
  return sight;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

// The standard's iterators end a walk early, without a word, when a folder goes away meanwhile.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, CloseDirectory> directory{opendir(folder.c_str())};
  if (directory == nullptr) {
    if (is_gone()) {
      return names;
    }
    throw_io("list", folder);
  }
  for (errno = 0;; errno = 0) {
    const dirent* const entry = readdir(directory.get());
    if (entry == nullptr && errno != 0) {
      throw_io("list", folder);
    }
    if (entry == nullptr) {
      return names;
    }
    if (std::string name{entry->d_name}; name != "." && name != "..") {
      names.push_back(std::move(name));
    }
  }
}

class Walk {
 public:
  Walk(std::string place, fs::path root) : place_(std::move(place)), root_(std::move(root)) {}

  void go(const std::string& below, int deeper, bool only_dots) {
    for (const std::string& name : names_in(root_ / below)) {
      const std::string path = below.empty() ? name : fmt::format("{}/{}", below, name);
      std::optional<Sight> sight =
          only_dots && !name.starts_with('.') ? std::nullopt : sight_of(root_ / path);
      if (!sight) {
        continue;
      }
      sight->place = place_;
      sight->path = path;
      const bool is_folder = sight->kind == "directory";
      sights_.push_back(std::move(*sight));
      if (is_folder && deeper > 0) {
        go(path, deeper - 1, false);
      }
    }
  }
  [[nodiscard]] std::vector<Sight> take() { return std::move(sights_); }

 private:
  std::string place_;
  fs::path root_;
  std::vector<Sight> sights_;
};

}  // namespace

std::vector<Sight> look(const fs::path& data, const fs::path& home) {
  constexpr int no_end = 100;
  Walk in_data{"data", data};
  in_data.go("", no_end, false);
  Walk at_home{"home", home};
  at_home.go("", 1, true);
  std::vector<Sight> sights = in_data.take();
  for (Sight& sight : at_home.take()) {
    sights.push_back(std::move(sight));
  }
  return sights;
}

std::string text_of(const std::vector<Sight>& sights) {
  std::string text;
  for (const Sight& sight : sights) {
    for (const std::string& field : {sight.place, sight.kind, fmt::format("{:o}", sight.mode),
             sight.path, sight.target, hex_of(sight.bytes)}) {
      text += field;
      text += '\0';
    }
  }
  return text;
}

}  // namespace pgrehearse
