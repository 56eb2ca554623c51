#include "harness/pg/wal_record.hpp"

#include <algorithm>
#include <charconv>

namespace pgrehearse {
namespace {

constexpr std::uint64_t page_bytes = 8192;       // XLOG_BLCKSZ
constexpr std::uint64_t page_header = 24;        // SizeOfXLogShortPHD
constexpr std::uint64_t first_page_header = 40;  // SizeOfXLogLongPHD, once a segment
constexpr std::uint64_t alignment = 8;           // MAXALIGN

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
}

}  // namespace

std::optional<std::uint64_t> take_number(std::string_view& text, int base) {
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (code != std::errc{}) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::string_view take_until(std::string_view& text, std::string_view end) {
  const std::size_t at = text.find(end);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + end.size());
  return taken;
}

bool take_prefix(std::string_view& text, std::string_view begin) {
  if (!text.starts_with(begin)) {
    return false;
  }
  text.remove_prefix(begin.size());
  return true;
}

std::optional<WalRecord> wal_record_of(std::string_view line) {
  WalRecord record;
  if (!take_prefix(line, "rmgr: ")) {
    return std::nullopt;
  }
  record.manager = take_until(line, " ");
  skip_blanks(line);
  if (!take_prefix(line, "len (rec/tot):")) {
    return std::nullopt;
  }
  static_cast<void>(take_until(line, "/"));
  skip_blanks(line);
  const std::optional<std::uint64_t> total = take_number(line);
  if (!total || !take_prefix(line, ", tx:")) {
    return std::nullopt;
  }
  skip_blanks(line);
  const std::optional<std::uint64_t> xid = take_number(line);
  if (!xid || !take_prefix(line, ", lsn: ")) {
    return std::nullopt;
  }
  const std::optional<std::uint64_t> high = take_number(line, 16);
  const bool slash = take_prefix(line, "/");
  const std::optional<std::uint64_t> low = take_number(line, 16);
  if (!high || !slash || !low || !take_prefix(line, ", prev ")) {
    return std::nullopt;
  }
  static_cast<void>(take_until(line, ", desc: "));
  record.total_bytes = *total;
  record.xid = static_cast<std::uint32_t>(*xid);
  record.lsn = Lsn{(*high << 32U) | *low};
  record.description = line;
  return record;
}

Lsn end_of_record(Lsn start, std::uint64_t total_bytes, std::uint64_t segment_bytes) {
  std::uint64_t at = start.bytes();
  std::uint64_t left = (total_bytes + alignment - 1) / alignment * alignment;
  while (left > page_bytes - at % page_bytes) {
    left -= page_bytes - at % page_bytes;
    at += page_bytes - at % page_bytes;
    at += at % segment_bytes == 0 ? first_page_header : page_header;
  }
  return Lsn{at + left};
}

Xid widened(std::uint32_t xid, Xid near) {
  const auto known = static_cast<std::uint64_t>(near);
  const auto distance = static_cast<std::int32_t>(xid - static_cast<std::uint32_t>(known));
  return Xid{known + static_cast<std::uint64_t>(static_cast<std::int64_t>(distance))};
}

}  // namespace pgrehearse
