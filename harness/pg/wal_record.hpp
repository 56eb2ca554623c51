// One line of pg_waldump, taken apart without copying: WAL has millions of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/pg/lsn.hpp"

namespace pgrehearse {

inline constexpr std::uint64_t usual_segment_bytes = 16ULL * 1024 * 1024;

/// Views into the line it came from.
struct WalRecord {
  std::string_view manager;       ///< "Transaction", "Heap", "XLOG" ...
  std::uint64_t total_bytes = 0;  ///< with the images of pages, without page headers
  std::uint32_t xid = 0;          ///< 0 when no transaction wrote it
  Lsn lsn;                        ///< where it starts
  std::string_view description;   ///< what is left of the line
};

/// Nothing for a line that is not a record of the form pg_waldump 15 prints.
[[nodiscard]] std::optional<WalRecord> wal_record_of(std::string_view line);

/// Where the next record begins, which is what the server returns for the record: lengths are
/// rounded up to 8 bytes, and every 8 KiB page the record runs into begins with a header. Source:
/// XLogInsertRecord and XLogPageHeaderData in PostgreSQL 15.
[[nodiscard]] Lsn end_of_record(
    Lsn start, std::uint64_t total_bytes, std::uint64_t segment_bytes = usual_segment_bytes);

/// pg_waldump prints 32 bits of a transaction id. The full id with these bits that is nearest to
/// `near` (any id of the same cluster within two billion transactions).
[[nodiscard]] Xid widened(std::uint32_t xid, Xid near);

/// Reads a number off the front of `text`; nothing, and `text` untouched, when there is none.
[[nodiscard]] std::optional<std::uint64_t> take_number(std::string_view& text, int base = 10);

/// The text up to `end`, which is taken off `text` with it; all of `text` when there is no `end`.
[[nodiscard]] std::string_view take_until(std::string_view& text, std::string_view end);

/// Takes `begin` off the front of `text`, if it is there.
[[nodiscard]] bool take_prefix(std::string_view& text, std::string_view begin);

}  // namespace pgrehearse
