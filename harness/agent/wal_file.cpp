#include "harness/agent/wal_file.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

namespace pgrehearse {
namespace {

constexpr std::uint64_t usual_segment_bytes = 16ULL * 1024 * 1024;
constexpr std::uint64_t smallest_segment_bytes = 1024ULL * 1024;
constexpr std::uint64_t largest_segment_bytes = 1024ULL * 1024 * 1024;
constexpr std::size_t segment_digits = 24;

template <typename Number>
Number number_at(std::string_view bytes, std::size_t offset) {
  Number number{};
  std::memcpy(&number, bytes.data() + offset, sizeof number);
  return number;
}

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && std::all_of(text.begin(), text.end(), [](char digit) {
    return (digit >= '0' && digit <= '9') || (digit >= 'A' && digit <= 'F');
  });
}

std::uint64_t hex_number(std::string_view digits) {
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return number;
}

}  // namespace

// In the byte order of the machine.
std::optional<WalFirstPage> wal_first_page(std::string_view beginning) {
  constexpr std::uint16_t long_header = 0x0002;
  if (beginning.size() < wal_header_bytes) {
    return std::nullopt;
  }
  const auto magic = number_at<std::uint16_t>(beginning, 0);
  const auto flags = number_at<std::uint16_t>(beginning, 2);
  const WalFirstPage page{.timeline = number_at<std::uint32_t>(beginning, 4),
      .address = number_at<std::uint64_t>(beginning, 8),
      .system_identifier = number_at<std::uint64_t>(beginning, 24),
      .segment_bytes = number_at<std::uint32_t>(beginning, 32)};
  // Every magic since 2010 is 0xD1 and a counter.
  const bool plausible = (magic >> 8U) == 0xD1U && (flags & long_header) != 0 &&
                         page.segment_bytes >= smallest_segment_bytes &&
                         page.segment_bytes <= largest_segment_bytes &&
                         std::has_single_bit(page.segment_bytes);
  return plausible ? std::optional{page} : std::nullopt;
}

std::optional<WalFileKind> wal_file_kind(std::string_view name) {
  const std::string_view stem = name.substr(0, name.find('.'));
  const std::string_view ending = name.substr(stem.size());
  if (is_hex(stem, 8)) {
    return ending == ".history" ? std::optional{WalFileKind::history} : std::nullopt;
  }
  if (!is_hex(stem, segment_digits)) {
    return std::nullopt;
  }
  if (ending.empty()) {
    return WalFileKind::segment;
  }
  if (ending == ".partial") {
    return WalFileKind::partial;
  }
  const bool backup =
      ending.size() == 16 && is_hex(ending.substr(1, 8), 8) && ending.substr(9) == ".backup";
  return backup ? std::optional{WalFileKind::backup_history} : std::nullopt;
}

std::optional<std::string> why_not_whole(
    std::string_view name, std::uint64_t bytes, std::string_view beginning) {
  if (bytes == 0) {
    return "the file is empty";
  }
  const std::optional<WalFileKind> kind = wal_file_kind(name);
  if (kind != WalFileKind::segment && kind != WalFileKind::partial) {
    return std::nullopt;
  }
  const std::optional<WalFirstPage> page = wal_first_page(beginning);
  const std::uint64_t whole = page.has_value() ? page->segment_bytes : usual_segment_bytes;
  if (bytes == whole) {
    return std::nullopt;
  }
  return fmt::format("the segment has {} bytes where a whole one has {}", bytes, whole);
}

std::optional<std::string> why_misnamed(std::string_view name, std::string_view beginning) {
  const std::optional<WalFileKind> kind = wal_file_kind(name);
  const std::optional<WalFirstPage> page = wal_first_page(beginning);
  if ((kind != WalFileKind::segment && kind != WalFileKind::partial) || !page.has_value()) {
    return std::nullopt;
  }
  const std::uint64_t segments_per_file_id = 0x1'0000'0000ULL / page->segment_bytes;
  const std::uint64_t segment =
      hex_number(name.substr(8, 8)) * segments_per_file_id + hex_number(name.substr(16, 8));
  if (page->address == segment * page->segment_bytes) {
    return std::nullopt;
  }
  return fmt::format("the segment's first page says it begins at {:X}/{:X}", page->address >> 32U,
      page->address & 0xFFFF'FFFFU);
}

}  // namespace pgrehearse
