// Postgres' small nouns: positions in the WAL, timelines, transaction ids.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace pgrehearse {

/// A position in the WAL, in bytes. Printed as Postgres does: "0/16B3748".
class Lsn {
 public:
  constexpr Lsn() = default;
  constexpr explicit Lsn(std::uint64_t bytes) : bytes_(bytes) {}
  /// Throws Error{bad_value}.
  [[nodiscard]] static Lsn parse(std::string_view text);
  [[nodiscard]] constexpr std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::string text() const;
  friend constexpr auto operator<=>(Lsn, Lsn) = default;

 private:
  std::uint64_t bytes_ = 0;
};

enum class TimelineId : std::uint32_t {};
/// A full transaction id (epoch included), as pg_current_xact_id() gives it.
enum class Xid : std::uint64_t {};

/// The 24-digit file name of the segment that holds the byte *before* `end` (as pg_walfile_name
/// does).
[[nodiscard]] std::string wal_file_name(
    TimelineId timeline, Lsn end, std::uint64_t segment_bytes = 16ULL * 1024 * 1024);

}  // namespace pgrehearse
