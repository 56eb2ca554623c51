#include "harness/pg/recovery_log.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "harness/pg/log_line.hpp"

namespace pgrehearse {
namespace {

// What a message begins with is taken off its front.
bool take(std::string_view& text, std::string_view begin) {
  if (!text.starts_with(begin)) {
    return false;
  }
  text.remove_prefix(begin.size());
  return true;
}

std::string_view up_to(std::string_view text, std::string_view end) {
  return text.substr(0, text.find(end));
}

std::optional<std::uint32_t> number_in_front(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc{} ? std::optional{value} : std::nullopt;
}

// "..., time 2026-11-21 05:46:17.664522+00": the last one, since a restore point's name may hold
// another.
std::optional<Timestamp> time_at_end(std::string_view text) {
  constexpr std::string_view mark = ", time ";
  const std::size_t at = text.rfind(mark);
  return at == std::string_view::npos
             ? std::nullopt
             : std::optional{Timestamp::parse(text.substr(at + mark.size()))};
}

struct TransactionStop {
  std::string_view begin;
  StopReason reason;
};
constexpr std::array<TransactionStop, 4> transaction_stops = {
    {{"before commit of transaction ", StopReason::before_commit},
        {"after commit of transaction ", StopReason::after_commit},
        {"before abort of transaction ", StopReason::before_abort},
        {"after abort of transaction ", StopReason::after_abort}}};

std::optional<RecoveryStop> stop_of(std::string_view text) {
  if (take(text, "at restore point \"")) {
    const std::size_t end = text.rfind("\", time ");
    return RecoveryStop{.reason = StopReason::restore_point,
        .restore_point = std::string{text.substr(0, end)},
        .time = time_at_end(text)};
  }
  for (const TransactionStop& kind : transaction_stops) {
    if (take(text, kind.begin)) {
      return RecoveryStop{
          .reason = kind.reason, .xid = number_in_front(text), .time = time_at_end(text)};
    }
  }
  for (const StopReason reason : {StopReason::before_lsn, StopReason::after_lsn}) {
    if (take(text, reason == StopReason::before_lsn ? "before WAL location (LSN) \""
                                                    : "after WAL location (LSN) \"")) {
      return RecoveryStop{.reason = reason, .lsn = Lsn::parse(up_to(text, "\""))};
    }
  }
  if (text.starts_with("after reaching consistency")) {
    return RecoveryStop{.reason = StopReason::consistency};
  }
  return std::nullopt;
}

// The WAL reader's own words hold nothing but positions, sizes and segment names.
constexpr std::array<std::string_view, 15> complaints = {"invalid record length at",
    "incorrect resource manager data checksum in record at", "record with incorrect prev-link",
    "invalid magic number", "unexpected pageaddr", "contrecord is requested by",
    "there is no contrecord flag at", "invalid contrecord length", "invalid resource manager ID",
    "record with invalid length", "record length ", "out-of-sequence timeline ID",
    "invalid info bits", "invalid block_id", "WAL file is from different database system"};

constexpr std::array<std::string_view, 5> target_refusals = {
    "requested recovery stop point is before consistent recovery point",
    "recovery target timeline ", "requested timeline ", "multiple recovery targets specified",
    "invalid value for parameter \"recovery_target"};

template <typename Words>
bool starts_with_any(std::string_view message, const Words& words) {
  return std::any_of(words.begin(), words.end(),
      [&](std::string_view begin) { return message.starts_with(begin); });
}

// One start of the server, line by line.
class Attempt {
 public:
  void read(const LogLine& line) {
    std::string_view message = line.message;
    if (starts_with_any(message, target_refusals) &&
        (line.level == "LOG" || line.level == "FATAL")) {
      refused_ = true;
    }
    if (line.level == "LOG") {
      read_progress(line, message);
    } else if ((line.level == "FATAL" || line.level == "PANIC") && fatal_counts(line)) {
      fatal_ = std::string{message};
      ending_.cause = fixed_part_of(line);
    }
  }

  [[nodiscard]] bool completed() const { return ending_.archive_recovery_complete; }

  [[nodiscard]] RecoveryEnding ending() const {
    RecoveryEnding result = ending_;
    result.outcome = outcome();
    if (result.outcome != RecoveryOutcome::died) {
      return result;
    }
    if (result.cause.empty()) {
      result.cause = stopped_at_target_ ? "shut down at the target" : "no reason in the log";
    }
    return result;
  }

 private:
  // Until recovery has its own process the postmaster speaks; after that, backends may die of
  // anything. A client that comes before either of them is refused, and nobody has died.
  [[nodiscard]] bool fatal_counts(const LogLine& line) const {
    return !ready_ && is_unexpected(line) && (startup_pid_.empty() || line.pid == startup_pid_);
  }

  void read_progress(const LogLine& line, std::string_view message) {
    if (message.starts_with("database system was ")) {
      startup_pid_ = line.pid;
      ending_.began_as_a_crash = ending_.began_as_a_crash ||
                                 message.starts_with("database system was not properly shut down");
    } else if (take(message, "starting point-in-time recovery to ")) {
      ending_.target_asked = true;
    } else if (take(message, "restored log file \"")) {
      ending_.restored_files.emplace_back(up_to(message, "\""));
    } else if (take(message, "redo starts at ")) {
      ending_.redo_start = Lsn::parse(message);
    } else if (take(message, "consistent recovery state reached at ")) {
      ending_.consistent_at = Lsn::parse(message);
    } else if (take(message, "recovery stopping ")) {
      ending_.stop = stop_of(message);
    } else if (take(message, "redo done at ")) {
      ending_.redo_done = Lsn::parse(up_to(message, " "));
    } else if (take(message, "last completed transaction was at log time ")) {
      ending_.last_completed_transaction = Timestamp::parse(message);
    } else if (take(message, "selected new timeline ID: ")) {
      ending_.new_timeline = TimelineId{number_in_front(message).value_or(0)};
    } else {
      read_end(line, message);
    }
  }

  void read_end(const LogLine& line, std::string_view message) {
    if (message.starts_with("archive recovery complete")) {
      ending_.archive_recovery_complete = true;
    } else if (message == "database system is ready to accept connections") {
      ready_ = true;
    } else if (message.starts_with("shutdown at recovery target")) {
      stopped_at_target_ = true;
    } else if (message.starts_with("database system is shut down") ||
               message.starts_with("startup process (PID ")) {
      over_ = over_ || !ready_;
    } else if (line.pid == startup_pid_ && !ending_.redo_done &&
               starts_with_any(message, complaints)) {
      ending_.reader_complaint = std::string{message};
    }
  }

  [[nodiscard]] RecoveryOutcome outcome() const {
    if (completed()) {
      return ending_.stop ? RecoveryOutcome::target_reached : RecoveryOutcome::end_of_archive;
    }
    if (refused_) {
      return RecoveryOutcome::bad_target;
    }
    if (fatal_.starts_with("recovery ended before configured recovery target")) {
      return RecoveryOutcome::target_not_reached;
    }
    if (fatal_.starts_with("could not restore file ")) {
      return RecoveryOutcome::restore_command_error;
    }
    if (over_ || !fatal_.empty()) {
      return RecoveryOutcome::died;
    }
    return ready_ ? RecoveryOutcome::skipped : RecoveryOutcome::still_going;
  }

  RecoveryEnding ending_;
  std::string startup_pid_;
  std::string fatal_;
  bool ready_ = false;
  bool refused_ = false;
  bool over_ = false;
  bool stopped_at_target_ = false;
};

// Counts lines that look the same, in the order of their first appearance.
class Tally {
 public:
  void add(std::string text) {
    const auto found = std::find_if(
        counts_.begin(), counts_.end(), [&](const auto& entry) { return entry.first == text; });
    if (found == counts_.end()) {
      counts_.emplace_back(std::move(text), 1);
    } else {
      ++found->second;
    }
  }

  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    for (const auto& [text, count] : counts_) {
      lines.push_back(count == 1 ? text : fmt::format("{} ({} times)", text, count));
    }
    return lines;
  }

 private:
  std::vector<std::pair<std::string, int>> counts_;
};

}  // namespace

std::string_view name_of(RecoveryOutcome outcome) {
  switch (outcome) {
    case RecoveryOutcome::target_reached:
      return "target reached";
    case RecoveryOutcome::end_of_archive:
      return "end of archive";
    case RecoveryOutcome::restore_command_error:
      return "restore_command error";
    case RecoveryOutcome::target_not_reached:
      return "target not reached";
    case RecoveryOutcome::bad_target:
      return "bad target";
    case RecoveryOutcome::skipped:
      return "recovery skipped";
    case RecoveryOutcome::still_going:
      return "still going";
    case RecoveryOutcome::died:
      return "died";
  }
  return "died";
}

RecoveryEnding recovery_ending_of(std::string_view log) {
  Attempt current;
  std::optional<Attempt> completed;
  Tally unexpected;
  int starts = 0;
  // A last line without its end is still being written.
  for (std::size_t end = log.find('\n'); end != std::string_view::npos; end = log.find('\n')) {
    const std::string_view text = log.substr(0, end);
    log.remove_prefix(end + 1);
    const std::optional<LogLine> line = log_line_of(text);
    if (!line) {
      continue;
    }
    if (line->level == "LOG" && line->message.starts_with("starting PostgreSQL ")) {
      ++starts;
      if (current.completed()) {
        completed = current;
      }
      current = Attempt{};
    }
    current.read(*line);
    if (is_unexpected(*line)) {
      unexpected.add(fixed_part_of(*line));
    }
  }
  RecoveryEnding ending =
      !current.completed() && completed ? completed->ending() : current.ending();
  ending.server_starts = starts;
  ending.unexpected_lines = unexpected.lines();
  return ending;
}

}  // namespace pgrehearse
