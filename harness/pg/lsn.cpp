#include "harness/pg/lsn.hpp"

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

// One half of an LSN: one to eight hexadecimal digits and nothing else.
std::optional<std::uint64_t> half_of(std::string_view digits) {
  std::uint64_t value = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, code] = std::from_chars(digits.data(), last, value, 16);
  if (digits.empty() || digits.size() > 8 || code != std::errc{} || end != last) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

Lsn Lsn::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const std::optional<std::uint64_t> high = half_of(text.substr(0, slash));
    const std::optional<std::uint64_t> low = half_of(text.substr(slash + 1));
    if (high && low) {
      return Lsn{(*high << 32U) | *low};
    }
  }
  throw Error{ErrorCode::bad_value, fmt::format("'{}' is not a WAL position", text),
      "Write two hexadecimal numbers and a slash between them, as in 0/16B3748."};
}

std::string Lsn::text() const {
  return fmt::format("{:X}/{:X}", bytes_ >> 32U, bytes_ & 0xFFFFFFFFU);
}

std::string wal_file_name(TimelineId timeline, Lsn end, std::uint64_t segment_bytes) {
  if (end == Lsn{} || segment_bytes == 0) {
    throw Error{ErrorCode::bad_value, "no WAL segment ends at " + end.text(),
        "Is this position known at all? 0/0 is how Postgres writes 'none'."};
  }
  const std::uint64_t segment = (end.bytes() - 1) / segment_bytes;
  const std::uint64_t segments_per_file_id = (1ULL << 32U) / segment_bytes;
  return fmt::format("{:08X}{:08X}{:08X}", static_cast<std::uint32_t>(timeline),
      segment / segments_per_file_id, segment % segments_per_file_id);
}

}  // namespace pgrehearse
