#include "harness/store/spool.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const char* what, const fs::path& place) {
  const int reason = errno;
  throw Error{ErrorCode::io,
      fmt::format("cannot {} room for sealed bytes: {}", what, std::strerror(reason)),
      reason == ENOSPC ? "The disk is full. TMPDIR names another place." : "", place.string()};
}

std::string path_of(int fd) {
  return fmt::format("/proc/self/fd/{}", fd);
}

}  // namespace

Spool::Spool() {
  std::string name = (fs::temp_directory_path() / "pgrehearse-spool-XXXXXX").string();
  file_ = OwnedFd{mkostemp(name.data(), O_CLOEXEC)};  // mode 0600
  if (!file_.is_open() || unlink(name.c_str()) != 0) {
    fail("make", name);
  }
}

void Spool::add(std::string_view piece) {
  while (!piece.empty()) {
    const ssize_t written = write(file_.get(), piece.data(), piece.size());
    if (written < 0 && errno != EINTR) {
      fail("fill", fs::temp_directory_path());
    }
    piece.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
}

OwnedFd Spool::reader() const {
  OwnedFd fd{open(path_of(file_.get()).c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd.is_open()) {
    fail("read", fs::temp_directory_path());
  }
  return fd;
}

Content Spool::content() const {
  return Content::of_file(path_of(file_.get()));
}

}  // namespace pgrehearse
