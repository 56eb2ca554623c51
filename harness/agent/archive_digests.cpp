#include "harness/agent/archive_digests.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "harness/agent/descriptor.hpp"
#include "harness/agent/wal_file.hpp"
#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t sha256_digits = 64;
constexpr std::size_t name_at = sha256_digits + 2;

void lock(const Descriptor& record, int kind, const fs::path& path) {
  while (flock(record.fd(), kind) != 0) {
    if (errno != EINTR) {
      throw_io("lock", path);
    }
  }
}

std::string whole_text(const Descriptor& record, const fs::path& path) {
  constexpr std::size_t piece_bytes = 64UL * 1024;
  std::string text;
  std::string piece(piece_bytes, '\0');
  while (const std::size_t got = read_piece(record, piece, path)) {
    text.append(piece, 0, got);
  }
  return text;
}

std::string_view finished_lines(std::string_view text) {
  return text.substr(0, text.rfind('\n') + 1);
}

bool is_entry(std::string_view line) {
  return line.size() > name_at && line.find_first_not_of("0123456789abcdef") == sha256_digits &&
         line.substr(sha256_digits, 2) == "  " && wal_file_kind(line.substr(name_at)).has_value();
}

ArchiveDigests parse(std::string_view text, const fs::path& path) {
  ArchiveDigests digests;
  int number = 1;
  for (; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!is_entry(line)) {
      throw Error{ErrorCode::archive_gap,
          fmt::format("line {} of the archive's record of digests is damaged", number),
          "Which other files of this storage can still be believed?", path.string()};
    }
    digests[std::string{line.substr(name_at)}].emplace_back(line.substr(0, sha256_digits));
    text.remove_prefix(end + 1);
  }
  return digests;
}

bool holds(const ArchiveDigests& digests, const std::string& name, const std::string& sha256) {
  const auto known = digests.find(name);
  return known != digests.end() &&
         std::find(known->second.begin(), known->second.end(), sha256) != known->second.end();
}

}  // namespace

std::optional<ArchiveDigests> archive_digests_of(const fs::path& archive) {
  const fs::path path = archive / archive_digests_name;
  const Descriptor record{open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
  if (!record.is_open()) {
    if (errno == ENOENT) {
      return std::nullopt;
    }
    throw_io("open", path);
  }
  lock(record, LOCK_SH, path);
  return parse(finished_lines(whole_text(record, path)), path);
}

void note_archived(const fs::path& archive, const std::string& name, const std::string& sha256) {
  const fs::path path = archive / archive_digests_name;
  const Descriptor record = open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW);
  lock(record, LOCK_EX, path);
  const std::string text = whole_text(record, path);
  const std::string_view lines = finished_lines(text);
  const std::string line = fmt::format("{}  {}\n", sha256, name);
  if (lines.starts_with(line) || lines.find("\n" + line) != std::string_view::npos) {
    return;
  }
  const auto end = static_cast<off_t>(lines.size());
  if (ftruncate(record.fd(), end) != 0 || lseek(record.fd(), end, SEEK_SET) < 0) {
    throw_io("take back the unfinished line of", path);
  }
  write_whole(record, line, path);
  make_durable(record, path);
  if (lines.empty()) {
    make_durable(open_directory(archive), archive);
  }
}

std::optional<std::string> why_not_as_archived(
    const fs::path& archive, const std::string& name, const std::string& sha256) {
  const std::optional<ArchiveDigests> digests = archive_digests_of(archive);
  if (!digests || holds(*digests, name, sha256)) {
    return std::nullopt;
  }
  return digests->contains(name) ? "its bytes are not those that were archived"
                                 : "the archive has no digest of it, but of other files";
}

}  // namespace pgrehearse
