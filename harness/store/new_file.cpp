#include "harness/store/new_file.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/random.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const char* what, const fs::path& path) {
  const int reason = errno;
  throw Error{ErrorCode::io, fmt::format("cannot {}: {}", what, std::strerror(reason)),
      reason == ENOSPC ? "The disk is full." : "", path.string()};
}

}  // namespace

NewFile::NewFile(fs::path to)
    : to_(std::move(to)), temporary_(fmt::format("{}.{}.tmp", to_.string(), random_hex(4))) {
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
  file_ = OwnedFd{open(temporary_.c_str(), flags, 0600)};
  if (!file_.is_open()) {
    fail("create", temporary_);
  }
}

NewFile::~NewFile() {
  if (!temporary_.empty()) {
    unlink(temporary_.c_str());
  }
}

void NewFile::add(std::string_view piece) {
  while (!piece.empty()) {
    const ssize_t written = write(file_.get(), piece.data(), piece.size());
    if (written < 0 && errno != EINTR) {
      fail("write", temporary_);
    }
    piece.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
}

void NewFile::keep() {
  if (fsync(file_.get()) != 0) {
    fail("fsync", temporary_);
  }
  if (rename(temporary_.c_str(), to_.c_str()) != 0) {
    fail("rename", to_);
  }
  temporary_.clear();
  const fs::path folder = to_.has_parent_path() ? to_.parent_path() : ".";
  const OwnedFd opened{open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!opened.is_open() || fsync(opened.get()) != 0) {
    fail("fsync", folder);
  }
}

}  // namespace pgrehearse
