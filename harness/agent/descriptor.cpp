#include "harness/agent/descriptor.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/error.hpp"

namespace pgrehearse {

Descriptor::~Descriptor() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

void throw_io(std::string_view what, const std::filesystem::path& path) {
  throw Error{
      ErrorCode::io, fmt::format("cannot {}: {}", what, std::strerror(errno)), {}, path.string()};
}

Descriptor open_file(const std::filesystem::path& path, int flags, unsigned mode) {
  Descriptor file{open(path.c_str(), flags | O_CLOEXEC, mode)};
  if (!file.is_open()) {
    throw_io("open", path);
  }
  return file;
}

Descriptor open_directory(const std::filesystem::path& path) {
  return open_file(path, O_RDONLY | O_DIRECTORY);
}

std::size_t read_piece(
    const Descriptor& file, std::span<char> piece, const std::filesystem::path& path) {
  std::size_t filled = 0;
  while (filled < piece.size()) {
    const ssize_t got = read(file.fd(), piece.data() + filled, piece.size() - filled);
    if (got == 0) {
      break;
    }
    if (got < 0 && errno != EINTR) {
      throw_io("read", path);
    }
    filled += got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  return filled;
}

void write_whole(
    const Descriptor& file, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(file.fd(), bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      throw_io("write", path);
    }
    bytes.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
}

void make_durable(const Descriptor& file, const std::filesystem::path& path) {
  if (fsync(file.fd()) != 0) {
    throw_io("fsync", path);
  }
}

std::uint64_t bytes_of_regular_file(const Descriptor& file, const std::filesystem::path& path) {
  struct stat status {};
  if (fstat(file.fd(), &status) != 0) {
    throw_io("stat", path);
  }
  if (!S_ISREG(status.st_mode)) {
    throw Error{ErrorCode::io, "not a regular file", {}, path.string()};
  }
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace pgrehearse
