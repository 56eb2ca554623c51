// What may stand in a WAL archive, and when a file there is whole. Without this an archive would
// take any path for a name, and half a segment for a segment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pgrehearse {

enum class WalFileKind {
  segment,         ///< 000000010000000000000007
  partial,         ///< 000000010000000000000007.partial, the last of a timeline that was left
  history,         ///< 00000002.history
  backup_history,  ///< 000000010000000000000007.00000028.backup
};

/// Nothing for every text that is not the bare name of a WAL file (PostgreSQL, xlog_internal.h:
/// only upper-case hexadecimal digits).
[[nodiscard]] std::optional<WalFileKind> wal_file_kind(std::string_view name);

/// How much of a file's beginning the questions below want to see.
constexpr std::size_t wal_header_bytes = 40;

/// What a segment says of itself (XLogLongPageHeaderData of access/xlog_internal.h).
struct WalFirstPage {
  std::uint32_t timeline = 0;  ///< on which it was begun: maybe an ancestor of the file's own
  std::uint64_t address = 0;   ///< where in the WAL it begins
  std::uint64_t system_identifier = 0;
  std::uint64_t segment_bytes = 0;
};

/// Nothing when the beginning is none of a segment.
[[nodiscard]] std::optional<WalFirstPage> wal_first_page(std::string_view beginning);

/// Why a file of this name, size and beginning (wal_header_bytes, or all of a shorter file) cannot
/// be a whole one; nothing when it is. A segment has 16 MiB unless its first page says another size
/// (XLogLongPageHeaderData, initdb --wal-segsize). No WAL file is empty.
[[nodiscard]] std::optional<std::string> why_not_whole(
    std::string_view name, std::uint64_t bytes, std::string_view beginning);

/// Why a segment's first page belongs to another place of the WAL than the name says. Server would
/// take such a segment for the end of the WAL. Nothing when they agree, or when the beginning is no
/// WAL page.
[[nodiscard]] std::optional<std::string> why_misnamed(
    std::string_view name, std::string_view beginning);

}  // namespace pgrehearse
