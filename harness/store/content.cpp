#include "harness/store/content.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/crypto/sha256.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t piece_bytes = 256UL * 1024;

[[noreturn]] void fail(std::string_view what, const std::filesystem::path& path) {
  throw Error{
      ErrorCode::io, fmt::format("cannot read what is to be stored: {}", what), {}, path.string()};
}

}  // namespace

Content Content::of_bytes(std::string bytes) {
  Content content;
  content.size_ = bytes.size();
  content.bytes_ = std::move(bytes);
  return content;
}

Content Content::of_file(std::filesystem::path path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) {
    fail(std::strerror(errno), path);
  }
  if (!S_ISREG(found.st_mode)) {
    fail("it is not a regular file", path);
  }
  Content content;
  content.size_ = static_cast<std::uint64_t>(found.st_size);
  content.path_ = std::move(path);
  return content;
}

ContentReader::ContentReader(const Content& content) : ContentReader(content, 0, content.bytes()) {}

ContentReader::ContentReader(const Content& content, std::uint64_t offset, std::uint64_t bytes)
    : content_(&content), offset_(offset), bytes_(bytes) {
  if (!content.path_.empty()) {
    file_ = OwnedFd{open(content.path_.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file_.is_open()) {
      fail(std::strerror(errno), content.path_);
    }
  }
}

std::size_t ContentReader::read(char* room, std::size_t bytes) {
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, bytes_ - done_));
  std::size_t got = 0;
  if (!file_.is_open()) {
    got = content_->bytes_.copy(room, wanted, static_cast<std::size_t>(offset_ + done_));
  }
  while (file_.is_open() && got < wanted) {
    const ssize_t read =
        pread(file_.get(), room + got, wanted - got, static_cast<off_t>(offset_ + done_ + got));
    if (read < 0 && errno != EINTR) {
      fail(std::strerror(errno), content_->path_);
    }
    if (read == 0) {
      fail("it has become shorter", content_->path_);
    }
    got += read > 0 ? static_cast<std::size_t>(read) : 0;
  }
  done_ += got;
  return got;
}

std::string sha256_of(const Content& content) {
  return sha256_of(content, 0, content.bytes());
}

std::string sha256_of(const Content& content, std::uint64_t offset, std::uint64_t bytes) {
  ContentReader reader{content, offset, bytes};
  Sha256 digest;
  std::vector<char> piece(piece_bytes);
  while (const std::size_t got = reader.read(piece.data(), piece.size())) {
    digest.add({piece.data(), got});
  }
  return digest.take_hex();
}

}  // namespace pgrehearse
