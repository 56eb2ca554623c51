#include "harness/base/files.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/random.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const char* what, const fs::path& path) {
  throw Error{
      ErrorCode::io, fmt::format("cannot {}: {}", what, std::strerror(errno)), {}, path.string()};
}

void sync_path(const fs::path& path, int flags) {
  const int fd = open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) {
    fail("open", path);
  }
  const int synced = fsync(fd);
  close(fd);
  if (synced != 0) {
    fail("fsync", path);
  }
}

void write_all(int fd, std::string_view content, const fs::path& path) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      const int reason = errno;
      close(fd);
      errno = reason;
      fail("write", path);
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

void put_in_place(const fs::path& path, std::string_view content, unsigned mode, bool synced) {
  const fs::path temporary = path.string() + "." + random_hex(4) + ".tmp";
  const int fd =
      open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  if (fd < 0) {
    fail("create", temporary);
  }
  write_all(fd, content, temporary);
  if (fchmod(fd, mode) != 0 || (synced && fsync(fd) != 0)) {
    close(fd);
    fail("fsync", temporary);
  }
  close(fd);
  if (rename(temporary.c_str(), path.c_str()) != 0) {
    fail("rename", path);
  }
}

}  // namespace

std::string read_file(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in || fs::is_directory(path)) {
    errno = errno == 0 ? ENOENT : errno;
    fail("read", path);
  }
  std::ostringstream content;
  content << in.rdbuf();
  return std::move(content).str();
}

void replace_file(const fs::path& path, std::string_view content, unsigned mode) {
  put_in_place(path, content, mode, false);
}

void write_file(const fs::path& path, std::string_view content, unsigned mode) {
  put_in_place(path, content, mode, true);
  sync_path(path.has_parent_path() ? path.parent_path() : ".", O_RDONLY | O_DIRECTORY);
}

void make_private_directory(const fs::path& path) {
  std::error_code problem;
  if (path.has_parent_path()) {
    fs::create_directories(path.parent_path(), problem);
  }
  if (mkdir(path.c_str(), 0700) != 0 && (errno != EEXIST || !fs::is_directory(path))) {
    fail("create directory", path);
  }
}

TempDir::TempDir(std::string_view prefix) {
  std::string pattern = (fs::temp_directory_path() / fmt::format("{}-XXXXXX", prefix)).string();
  if (mkdtemp(pattern.data()) == nullptr) {
    fail("create a temporary directory", pattern);
  }
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace pgrehearse
