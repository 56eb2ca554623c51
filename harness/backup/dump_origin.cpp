#include "harness/backup/dump_origin.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <string_view>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t header_at_most = 65536;
constexpr std::size_t tar_block = 512;  // toc.dat is the first member of a dump in tar format
constexpr std::size_t fields_of_the_date = 7;

// 1.15 of the format (Postgres 16) writes the compression as a byte, before that it was a number.
constexpr int compression_is_a_byte = 15;

// "15.4 (Debian 15.4-1)" -> "15.4"
std::string version_in(std::string_view text) {
  return std::string{text.substr(0, text.find_first_not_of("0123456789."))};
}

std::string header_of(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  if (!stream) {
    throw Error{ErrorCode::io, "the dump cannot be read",
        "Who runs the drill must be allowed to read it.", file.string()};
  }
  std::string bytes(header_at_most, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return bytes;
}

/// Reads the head of an archive as pg_dump writes it (its source: WriteHead, WriteInt, WriteStr).
/// Behind the end every byte is 0.
class ArchiveHead {
 public:
  explicit ArchiveHead(std::string_view bytes) : bytes_(bytes) {}

  int byte() { return at_ < bytes_.size() ? static_cast<unsigned char>(bytes_[at_++]) : 0; }
  void skip(std::size_t count) { at_ += count; }
  void width_of_numbers(int width) { width_ = width; }
  // Its sign, then its bytes, the lowest first.
  std::int64_t number() {
    const bool negative = byte() != 0;
    std::int64_t value = 0;
    for (int place = 0; place < width_; ++place) {
      const std::int64_t part = byte();
      value += place < 4 ? part << (8 * place) : 0;
    }
    return negative ? -value : value;
  }
  std::string_view text() {
    const std::int64_t length = number();
    if (length <= 0 || at_ >= bytes_.size()) {
      return {};
    }
    const std::string_view found = bytes_.substr(at_, static_cast<std::size_t>(length));
    at_ += static_cast<std::size_t>(length);
    return found;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  int width_ = 4;
};

DumpOrigin origin_in_archive(std::string_view bytes) {
  constexpr std::string_view magic = "PGDMP";
  if (!bytes.starts_with(magic)) {
    return {};
  }
  ArchiveHead head{bytes.substr(magic.size())};
  head.skip(1);  // the major version of the format: always 1
  const int minor = head.byte();
  head.skip(1);  // its revision
  head.width_of_numbers(head.byte());
  head.skip(2);  // the width of offsets, and the format
  if (minor >= compression_is_a_byte) {
    head.skip(1);
  } else {
    static_cast<void>(head.number());
  }
  for (std::size_t field = 0; field < fields_of_the_date; ++field) {
    static_cast<void>(head.number());
  }
  static_cast<void>(head.text());  // the name of the database
  const std::string server = version_in(head.text());
  return {.server = server, .program = version_in(head.text())};
}

DumpOrigin origin_in_script(std::string_view text) {
  constexpr std::string_view from = "-- Dumped from database version ";
  constexpr std::string_view by = "-- Dumped by pg_dump version ";
  DumpOrigin origin;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with(from) && origin.server.empty()) {
      origin.server = version_in(std::string_view{line}.substr(from.size()));
    } else if (line.starts_with(by) && origin.program.empty()) {
      origin.program = version_in(std::string_view{line}.substr(by.size()));
    }
  }
  return origin;
}

int major_of(std::string_view version) {
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  return major;
}

}  // namespace

std::optional<DumpOrigin> dump_origin_of(const fs::path& dump, ArtifactFormat format) {
  DumpOrigin origin;
  if (format == ArtifactFormat::plain_dump) {
    origin = origin_in_script(header_of(dump));
  } else if (format == ArtifactFormat::custom_dump) {
    origin = origin_in_archive(header_of(dump));
  } else if (format == ArtifactFormat::directory_dump) {
    origin = origin_in_archive(header_of(dump / "toc.dat"));
  } else if (format == ArtifactFormat::tar_dump) {
    const std::string bytes = header_of(dump);
    origin = origin_in_archive(std::string_view{bytes}.substr(std::min(tar_block, bytes.size())));
  }
  return origin.server.empty() || origin.program.empty() ? std::nullopt : std::optional{origin};
}

bool is_newer(const DumpOrigin& origin, const std::string& server_version) {
  return std::max(major_of(origin.server), major_of(origin.program)) > major_of(server_version);
}

}  // namespace pgrehearse
