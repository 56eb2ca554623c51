#include "harness/agent/archive_get.hpp"

#include <cerrno>
#include <cstdio>
#include <exception>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "harness/agent/archive_digests.hpp"
#include "harness/agent/descriptor.hpp"
#include "harness/agent/wal_file.hpp"
#include "harness/base/error.hpp"
#include "harness/crypto/sha256.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = 256UL * 1024;

std::string_view name_of(GetOutcome outcome) {
  switch (outcome) {
    case GetOutcome::served:
      return "served";
    case GetOutcome::missing:
      return "missing";
    case GetOutcome::trouble:
      return "trouble";
  }
  return "trouble";
}

std::string json_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') {
      quoted += '\\';
      quoted += letter;
    } else if (static_cast<unsigned char>(letter) < 0x20U) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(letter));
    } else {
      quoted += letter;
    }
  }
  return quoted + '"';
}

// Removes the half-written file unless it was renamed to its destination.
class Arrival {
 public:
  explicit Arrival(const fs::path& destination)
      : destination_(destination),
        temporary_(fmt::format("{}.{}.tmp", destination.string(), getpid())),
        file_(open_file(temporary_, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)) {}
  ~Arrival() {
    if (!arrived_) {
      unlink(temporary_.c_str());
    }
  }
  Arrival(const Arrival&) = delete;
  Arrival& operator=(const Arrival&) = delete;

  void add(std::string_view bytes) { write_whole(file_, bytes, temporary_); }
  void arrive() {
    if (rename(temporary_.c_str(), destination_.c_str()) != 0) {
      throw_io("rename", destination_);
    }
    arrived_ = true;
  }

 private:
  fs::path destination_;
  fs::path temporary_;
  Descriptor file_;
  bool arrived_ = false;
};

GetAnswer trouble(std::string reason, std::uint64_t bytes = 0) {
  return {.outcome = GetOutcome::trouble, .bytes = bytes, .reason = std::move(reason)};
}

GetAnswer serve(const Descriptor& from, const fs::path& archived, const GetRequest& request) {
  const std::uint64_t bytes = bytes_of_regular_file(from, archived);
  std::vector<char> piece(piece_bytes);
  std::size_t got = read_piece(from, piece, archived);
  const std::string_view beginning =
      std::string_view{piece.data(), got}.substr(0, wal_header_bytes);
  if (auto why = why_not_whole(request.name, bytes, beginning)) {
    return trouble(std::move(*why), bytes);
  }
  if (auto why = why_misnamed(request.name, beginning)) {
    return trouble(std::move(*why), bytes);
  }
  Sha256 digest;
  Arrival arrival{request.destination};
  std::uint64_t copied = 0;
  for (; got > 0; got = read_piece(from, piece, archived)) {
    digest.add({piece.data(), got});
    arrival.add({piece.data(), got});
    copied += got;
  }
  if (copied != bytes) {
    return trouble(fmt::format("{} of {} bytes could be read", copied, bytes), bytes);
  }
  std::string sha256 = digest.take_hex();
  if (auto why = why_not_as_archived(request.archive, request.name, sha256)) {
    return trouble(std::move(*why), bytes);
  }
  arrival.arrive();
  return {.outcome = GetOutcome::served, .sha256 = std::move(sha256), .bytes = bytes};
}

GetAnswer look_up(const GetRequest& request) {
  if (!wal_file_kind(request.name).has_value()) {
    return trouble("what was asked for is not the name of a WAL file");
  }
  const Descriptor archive = open_directory(request.archive);
  const fs::path archived = request.archive / request.name;
  const Descriptor file{
      openat(archive.fd(), request.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (file.is_open()) {
    return serve(file, archived, request);
  }
  if (errno != ENOENT) {
    throw_io("open", archived);
  }
  return {.outcome = GetOutcome::missing, .reason = "no such file in the archive"};
}

void append_durably(const fs::path& path, std::string_view line) {
  const Descriptor record = open_file(path, O_RDWR | O_CREAT | O_APPEND);
  if (flock(record.fd(), LOCK_EX) != 0) {
    throw_io("lock", path);
  }
  // A writer that died in the middle of its line must not spoil ours.
  const off_t end = lseek(record.fd(), 0, SEEK_END);
  char last = '\n';
  const bool torn = end > 0 && pread(record.fd(), &last, 1, end - 1) == 1 && last != '\n';
  write_whole(record, fmt::format("{}{}\n", torn ? "\n" : "", line), path);
  make_durable(record, path);
  if (end == 0) {
    make_durable(open_directory(path.has_parent_path() ? path.parent_path() : "."), path);
  }
}

}  // namespace

GetAnswer archive_get(const GetRequest& request) noexcept {
  GetAnswer answer;
  try {
    answer = look_up(request);
  } catch (const std::exception& problem) {
    answer = trouble(problem.what());
  }
  try {
    append_durably(request.record, record_line(request.name, answer, Timestamp::now()));
  } catch (const std::exception& problem) {
    if (answer.outcome == GetOutcome::served) {
      unlink(request.destination.c_str());
    }
    answer = trouble(fmt::format("the request could not be recorded: {}", problem.what()));
  }
  return answer;
}

std::string record_line(const std::string& asked, const GetAnswer& answer, Timestamp when) {
  return fmt::format(
      R"({{"asked":{},"outcome":"{}","sha256":"{}","bytes":{},"time":"{}","reason":{}}})",
      json_text(asked), name_of(answer.outcome), answer.sha256, answer.bytes, when.text(),
      json_text(answer.reason));
}

}  // namespace pgrehearse
