// Running pg_waldump, and how far it could read.
#pragma once

#include <optional>
#include <string>

#include "harness/pg/lsn.hpp"
#include "harness/pg/wal_record.hpp"
#include "harness/process/program.hpp"

namespace pgrehearse {

/// What to read. pg_waldump stays on the timeline of `first_segment`: for a history with a
/// promotion in it, read each timeline on its own.
struct WalRange {
  std::string directory;          ///< as the program sees it
  std::string first_segment;      ///< 24 digits
  std::string last_segment = {};  ///< empty: the first is the last, too
  std::optional<Lsn> start = {};  ///< in the first segment; else its first record
  std::optional<Lsn> end = {};    ///< in the last segment; the record that starts here is not read
};

enum class WalDetail {
  transactions,  ///< commits, aborts, prepared transactions, restore points
  changes,       ///< those and every change of a heap: some hundred bytes of text a changed row
};

/// The pg_waldump to run. It prints times in the zone of its environment, hence TZ=UTC here.
[[nodiscard]] Program waldump_program(const WalRange& range,
    WalDetail detail = WalDetail::transactions, const std::string& pg_waldump = "pg_waldump",
    Milliseconds deadline = Milliseconds{600'000});

enum class WalStop {
  whole_range,   ///< everything that was asked for
  zeros_follow,  ///< zeros where a record should begin: WAL that is being written ends like this,
                 ///< and so does a segment that lost its content
  segment_missing,  ///< a segment that was asked for, or that must follow, is not there
  segment_torn,     ///< a segment is shorter than the record in it
  bad_record,       ///< a record does not match its checksum, its length, or the one before it
  unreadable,       ///< pg_waldump itself failed, was ended, or said something else
};

[[nodiscard]] std::string_view name_of(WalStop stop);

struct WalReading {
  WalStop stop = WalStop::unreadable;
  Lsn last_record;                     ///< start of the last record read; 0/0: none
  std::optional<Lsn> stopped_at = {};  ///< what could not be read
  std::string segment = {};            ///< the missing or torn one
};

/// Why pg_waldump ended. `last_record` is what the caller saw of its output; the message may know
/// better.
[[nodiscard]] WalReading wal_reading_of(
    const Completed& dump, Lsn last_record, std::uint64_t segment_bytes = usual_segment_bytes);

/// Where a segment of this name begins. Throws Error{bad_value} when it is no name of a segment.
[[nodiscard]] Lsn start_of_segment(
    std::string_view name, std::uint64_t segment_bytes = usual_segment_bytes);
/// The timeline that its writer was on. Throws likewise.
[[nodiscard]] TimelineId timeline_of_segment(std::string_view name);

}  // namespace pgrehearse
