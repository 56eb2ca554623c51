#include "harness/agent/archive_push.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/agent/archive_digests.hpp"
#include "harness/agent/descriptor.hpp"
#include "harness/agent/wal_file.hpp"
#include "harness/base/error.hpp"
#include "harness/crypto/sha256.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = 1024UL * 1024;
constexpr std::size_t hole_bytes = 64UL * 1024;

bool is_unlinked(const Descriptor& file) {
  struct stat status {};
  return fstat(file.fd(), &status) != 0 || status.st_nlink == 0;
}

bool is_taken(const Descriptor& archive, const std::string& name) {
  struct stat status {};
  return fstatat(archive.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

// ".NAME.<pid>.tmp" with a NAME that belongs into an archive.
bool is_temporary_name(std::string_view entry) {
  constexpr std::string_view ending = ".tmp";
  if (!entry.starts_with('.') || !entry.ends_with(ending) || entry.size() < 2 + ending.size()) {
    return false;
  }
  entry = entry.substr(1, entry.size() - 1 - ending.size());
  const std::size_t dot = entry.rfind('.');
  return dot != std::string_view::npos && wal_file_kind(entry.substr(0, dot)).has_value();
}

// Removes the file if nobody holds its lock. Whoever wrote it is gone then.
void remove_if_stale(const Descriptor& archive, const char* entry) {
  const Descriptor file{
      openat(archive.fd(), entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (file.is_open() && flock(file.fd(), LOCK_EX | LOCK_NB) == 0 && !is_unlinked(file)) {
    unlinkat(archive.fd(), entry, 0);
  }
}

void remove_stale_files(const Descriptor& archive, const fs::path& path) {
  struct Close {
    void operator()(DIR* listing) const noexcept { closedir(listing); }
  };
  const std::unique_ptr<DIR, Close> listing{opendir(path.c_str())};
  if (listing == nullptr) {
    throw_io("list", path);
  }
  while (const dirent* entry = readdir(listing.get())) {
    if (is_temporary_name(entry->d_name)) {
      remove_if_stale(archive, entry->d_name);
    }
  }
}

// The file being written: locked for as long as it lives, unlinked at the end of scope.
class TemporaryFile {
 public:
  TemporaryFile(const Descriptor& archive, std::string name, const fs::path& where)
      : archive_(archive), name_(std::move(name)) {
    // A sweeper may take the lock between our open and our flock, and unlink; then we begin again.
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    for (int attempt = 0; attempt < 10 && (!file_.is_open() || is_unlinked(file_)); ++attempt) {
      file_ = Descriptor{openat(archive_.fd(), name_.c_str(), flags, 0600)};
      if (!file_.is_open() || flock(file_.fd(), LOCK_EX) != 0) {
        throw_io("create", where / name_);
      }
    }
  }
  ~TemporaryFile() {
    if (!renamed_) {
      unlinkat(archive_.fd(), name_.c_str(), 0);
    }
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] const Descriptor& file() const { return file_; }

  // False when something of that name is there already.
  bool rename_to(const std::string& name, const fs::path& where) {
    const int dir = archive_.fd();
    if (renameat2(dir, name_.c_str(), dir, name.c_str(), RENAME_NOREPLACE) == 0) {
      renamed_ = true;
      return true;
    }
    // A file system without that flag: a hard link does not overwrite either.
    const bool unsupported = errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP;
    if (unsupported && linkat(dir, name_.c_str(), dir, name.c_str(), 0) == 0) {
      return true;
    }
    if (errno != EEXIST) {
      throw_io("rename into the archive", where / name);
    }
    return false;
  }

 private:
  const Descriptor& archive_;
  std::string name_;
  Descriptor file_;
  bool renamed_ = false;
};

bool is_zero(std::string_view bytes) {
  return bytes.front() == '\0' && bytes.substr(1) == bytes.substr(0, bytes.size() - 1);
}

void write_without_zeros(const Descriptor& to, std::string_view piece, const fs::path& path) {
  for (; !piece.empty(); piece.remove_prefix(std::min(piece.size(), hole_bytes))) {
    const std::string_view block = piece.substr(0, hole_bytes);
    if (!is_zero(block)) {
      write_whole(to, block, path);
    } else if (lseek(to.fd(), static_cast<off_t>(block.size()), SEEK_CUR) < 0) {
      throw_io("seek", path);
    }
  }
}

[[noreturn]] void throw_not_whole(const PushRequest& request, const std::string& why) {
  throw Error{ErrorCode::archive_gap, fmt::format("will not archive {}: {}", request.name, why),
      "Was the source truncated, or is its disk full?", request.source.string()};
}

void require_whole(const Descriptor& source, const PushRequest& request) {
  const std::uint64_t bytes = bytes_of_regular_file(source, request.source);
  std::array<char, wal_header_bytes> beginning{};
  const ssize_t got = pread(source.fd(), beginning.data(), beginning.size(), 0);
  if (got < 0) {
    throw_io("read", request.source);
  }
  const std::string_view seen{beginning.data(), static_cast<std::size_t>(got)};
  if (const auto why = why_not_whole(request.name, bytes, seen)) {
    throw_not_whole(request, *why);
  }
}

// Answers the digest of what was read: what comes back of it shall have the same.
std::string copy(const Descriptor& from, const Descriptor& to, const PushRequest& request) {
  const std::uint64_t bytes = bytes_of_regular_file(from, request.source);
  const fs::path target = request.archive / request.name;
  std::vector<char> buffer(piece_bytes);
  Sha256 digest;
  std::uint64_t copied = 0;
  while (const std::size_t got = read_piece(from, buffer, request.source)) {
    digest.add({buffer.data(), got});
    write_without_zeros(to, {buffer.data(), got}, target);
    copied += got;
  }
  if (copied != bytes) {
    throw_not_whole(request, fmt::format("{} of {} bytes could be read", copied, bytes));
  }
  if (ftruncate(to.fd(), static_cast<off_t>(bytes)) != 0) {
    throw_io("set the size of", target);
  }
  return digest.take_hex();
}

std::string digest_of_source(const PushRequest& request) {
  const Descriptor source = open_file(request.source, O_RDONLY | O_NONBLOCK);
  std::vector<char> buffer(piece_bytes);
  Sha256 digest;
  while (const std::size_t got = read_piece(source, buffer, request.source)) {
    digest.add({buffer.data(), got});
  }
  return digest.take_hex();
}

bool holds_same_bytes(const Descriptor& left, const Descriptor& right, const PushRequest& request) {
  const fs::path archived = request.archive / request.name;
  if (bytes_of_regular_file(left, request.source) != bytes_of_regular_file(right, archived)) {
    return false;
  }
  std::vector<char> one(piece_bytes);
  std::vector<char> other(piece_bytes);
  std::size_t got = 0;
  while ((got = read_piece(left, one, request.source)) > 0) {
    if (read_piece(right, other, archived) != got ||
        !std::equal(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(got), other.begin())) {
      return false;
    }
  }
  return read_piece(right, other, archived) == 0;
}

// The name is taken: fine if by the same bytes, and then they shall be as durable as if we had come
// first.
void require_same(const Descriptor& archive, const PushRequest& request) {
  const fs::path archived = request.archive / request.name;
  const Descriptor there{
      openat(archive.fd(), request.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!there.is_open()) {
    throw_io("open", archived);
  }
  // Also of what is refused below: that somebody else writes here must not stay between the two.
  note_archived(request.archive, request.name, digest_of_source(request));
  if (!holds_same_bytes(open_file(request.source, O_RDONLY | O_NONBLOCK), there, request)) {
    throw Error{ErrorCode::refused,
        fmt::format("the archive already holds another {} with different content", request.name),
        "Do two servers archive into one directory? The archive was not touched.",
        archived.string()};
  }
  make_durable(there, archived);
  make_durable(archive, request.archive);
}

}  // namespace

Pushed archive_push(const PushRequest& request) {
  if (!wal_file_kind(request.name).has_value()) {
    throw Error{
        ErrorCode::bad_value, fmt::format("'{}' is not the name of a WAL file", request.name)};
  }
  const Descriptor source = open_file(request.source, O_RDONLY | O_NONBLOCK);
  const Descriptor archive = open_directory(request.archive);
  require_whole(source, request);
  remove_stale_files(archive, request.archive);
  if (is_taken(archive, request.name)) {
    require_same(archive, request);
    return Pushed::already_there;
  }
  TemporaryFile temporary{
      archive, fmt::format(".{}.{}.tmp", request.name, getpid()), request.archive};
  const std::string sha256 = copy(source, temporary.file(), request);
  make_durable(temporary.file(), request.archive / request.name);
  // First, so that nobody ever finds the segment without its digest.
  note_archived(request.archive, request.name, sha256);
  if (!temporary.rename_to(request.name, request.archive)) {
    require_same(archive, request);
    return Pushed::already_there;
  }
  make_durable(archive, request.archive);
  return Pushed::stored;
}

}  // namespace pgrehearse
