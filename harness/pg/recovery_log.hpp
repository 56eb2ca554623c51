// Why recovery ended, in the words of the server's own log.
//
// A server that starts has proven nothing: with a hole in the archive it promotes just the same.
// The log is one witness of three; the timeline and the record of fetched segments are the others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/pg/lsn.hpp"

namespace pgrehearse {

enum class RecoveryOutcome {
  target_reached,         ///< it stopped at a target and was promoted
  end_of_archive,         ///< promoted without a stop: the end, a hole or a bad record ended it
  restore_command_error,  ///< restore_command exited above 125, or a signal ended it
  target_not_reached,     ///< the archive ended before the target
  bad_target,   ///< the target cannot be read, or lies outside of what this backup can reach
  skipped,      ///< the server runs, but no archive recovery happened: recovery.signal?
  still_going,  ///< neither an end nor a death so far; paused at the target counts as this
  died,         ///< the server went away for another reason
};

/// As the record has it: "target reached", "end of archive" ...
[[nodiscard]] std::string_view name_of(RecoveryOutcome outcome);

enum class StopReason {
  restore_point,
  before_commit,
  after_commit,
  before_abort,
  after_abort,
  before_lsn,
  after_lsn,
  consistency,
};

/// The line with which the server says where it stops. Which members are set depends on the reason.
struct RecoveryStop {
  StopReason reason = StopReason::consistency;
  std::string restore_point = {};         ///< restore_point
  std::optional<std::uint32_t> xid = {};  ///< commits and aborts; the low 32 bits
  std::optional<Timestamp> time = {};     ///< restore points, commits and aborts
  std::optional<Lsn> lsn = {};            ///< before_lsn and after_lsn: start of the record
};

struct RecoveryEnding {
  RecoveryOutcome outcome = RecoveryOutcome::still_going;
  std::optional<RecoveryStop> stop = {};
  bool target_asked = false;      ///< a target was configured (else: archive recovery, or none)
  bool began_as_a_crash = false;  ///< not from a backup_label: the control file said where
  std::optional<Lsn> redo_start = {};
  std::optional<Lsn> consistent_at = {};  ///< a time target before this is silently late
  /// Start of the last record that was *read*. After a "before" stop that record was not replayed;
  /// after any other it was.
  std::optional<Lsn> redo_done = {};
  std::optional<TimelineId> new_timeline = {};
  bool archive_recovery_complete = false;
  /// Informational. With an LSN target it can be older or newer than what the target means.
  std::optional<Timestamp> last_completed_transaction = {};
  std::vector<std::string> restored_files = {};  ///< segments and histories fetched, in order
  /// What the WAL reader objected to just before the end. Nothing when the next segment was simply
  /// not there; "incorrect resource manager data checksum ..." when a record was bad.
  std::string reader_complaint = {};
  std::string cause = {};  ///< of a death: level and fixed part of the message
  int server_starts = 0;
  /// WARNING, ERROR, FATAL and PANIC lines of the whole log, each text once with its count: the
  /// level and the fixed part only, because the rest may hold row values. Refusals of clients that
  /// came too early or too late are left out.
  std::vector<std::string> unexpected_lines = {};
};

/// Reads a log written with lc_messages=C and the default log_line_prefix '%m [%p] '. Lines without
/// that prefix (continuations, what restore_command said) are skipped, so no row value can pose as
/// a line. When the server was started more than once, the last start counts, unless a completed
/// archive recovery came before it.
[[nodiscard]] RecoveryEnding recovery_ending_of(std::string_view log);

}  // namespace pgrehearse
