// recovery-ending: why recovery stopped is part of the verdict. Four witnesses must agree: the
// server's log, its control data, the timeline it now writes, and our own record of the segments it
// was given.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/drill/questions.hpp"
#include "harness/drill/recovery_cause.hpp"
#include "harness/pg/timeline_history.hpp"

namespace pgrehearse {
namespace {

/// Collects what contradicts "it stopped at the marker".
class Witnesses {
 public:
  void must(bool agrees, std::string otherwise) {
    if (!agrees) {
      objections_.push_back(std::move(otherwise));
    }
  }
  [[nodiscard]] const std::vector<std::string>& objections() const { return objections_; }

 private:
  std::vector<std::string> objections_;
};

// Without its label a backup is taken for a server that crashed: then nobody knows when it is
// consistent.
void hear_beginning(Witnesses& witnesses, const Restored& restored) {
  witnesses.must(!restored.ending.began_as_a_crash,
      "log: it began as the recovery of a crash: where was its backup_label?");
}

void hear_log(Witnesses& witnesses, const Restored& restored, const Marker& marker) {
  const RecoveryEnding& ending = restored.ending;
  witnesses.must(ending.outcome == RecoveryOutcome::target_reached,
      fmt::format("log: recovery ended by '{}', not at a target{}{}", name_of(ending.outcome),
          ending.cause.empty() ? "" : ": ", ending.cause));
  if (std::holds_alternative<AtName>(restored.target)) {
    witnesses.must(ending.stop && ending.stop->reason == StopReason::restore_point &&
                       ending.stop->restore_point == marker.position.restore_point,
        "log: it did not stop at the marker's restore point");
    witnesses.must(ending.redo_done == marker.record_start,
        fmt::format("log: the last record replayed is at {}, the marker's is at {}",
            ending.redo_done ? ending.redo_done->text() : "no place", marker.record_start.text()));
  } else {
    witnesses.must(ending.redo_done && *ending.redo_done >= marker.record_start,
        "log: it stopped before the marker");
  }
  hear_beginning(witnesses, restored);
  witnesses.must(ending.archive_recovery_complete, "log: archive recovery was not completed");
}

void hear_timeline(Witnesses& witnesses, Restored& restored, const Marker& marker) {
  const auto expected = TimelineId{static_cast<std::uint32_t>(marker.position.timeline) + 1};
  witnesses.must(restored.ending.new_timeline == expected,
      "log: the new timeline is not the one after the source's");
  Session session = restored.cluster.connect();
  const std::string written =
      session.value("SELECT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)");
  witnesses.must(written == fmt::format("{:08X}", static_cast<std::uint32_t>(expected)),
      "timeline: the server writes WAL of another timeline");
  witnesses.must(
      session.value("SELECT pg_is_in_recovery()") == "f", "server: it is still in recovery");
}

void hear_control_data(Witnesses& witnesses, const Restored& restored) {
  witnesses.must(
      restored.control && restored.control->intact && restored.control->state == "in production",
      fmt::format("control data: the state is '{}'",
          restored.control ? restored.control->state : "not known"));
}

// As a server of version 15 words what it was told to stop at (getRecoveryStopReason() in its
// xlogrecovery.c); nothing where the words hold what only it knows.
std::optional<std::string> reason_written_for(const RecoveryTarget& target) {
  if (const auto* name = std::get_if<AtName>(&target)) {
    return fmt::format("at restore point \"{}\"", name->restore_point);
  }
  return std::holds_alternative<Latest>(target)
             ? std::optional<std::string>{"no recovery target specified"}
             : std::nullopt;
}

// What the server wrote down for those that come after it, when it was promoted.
void hear_history(Witnesses& witnesses, const Restored& restored, TimelineId left) {
  const TimelineId begun{static_cast<std::uint32_t>(left) + 1};
  const std::string name = history_file_name(begun);
  std::vector<TimelineSwitch> history;
  try {
    history = timeline_history_of(
        get_file(restored.cluster.instance(), restored.cluster.data_path() + "/pg_wal/" + name));
  } catch (const Error& error) {
    witnesses.must(false, fmt::format("history: {} cannot be read: {}", name, error.message()));
    return;
  }
  witnesses.must(!history.empty() && history.back().left == left,
      fmt::format("history: {} does not say that it left the source's timeline", name));
  const std::optional<std::string> reason = reason_written_for(restored.target);
  witnesses.must(!reason || history.empty() || history.back().reason == *reason,
      fmt::format("history: {} does not say '{}'", name, reason.value_or("")));
}

// Segments after the marker's may have been served too: recovery reads ahead of what it replays
// (recovery_prefetch). That nothing of them was replayed is for the log to tell.
void hear_served_segments(Witnesses& witnesses, const Restored& restored, const Marker& marker) {
  if (restored.requests_from_log) {
    return;  // what was refused to the server nobody noted: the other witnesses must do
  }
  bool reached = false;
  for (const SegmentRequest& request : restored.requests) {
    witnesses.must(request.outcome != "trouble",
        fmt::format("segments: {} could not be served", request.asked));
    reached = reached || (request.outcome == "served" && request.asked == marker.last_segment);
  }
  witnesses.must(reached,
      fmt::format("segments: {}, which holds the marker, was never served", marker.last_segment));
}

// All of it in one word, and the segment to blame.
void hear_cause(Witnesses& witnesses, const Restored& restored) {
  const RecoveryCause cause =
      cause_of(restored.ending, restored.requests, restored.target, restored.serving);
  witnesses.must(cause.cause == EndingCause::as_asked, "cause: " + text_of(cause));
}

// A dump is loaded whole or not at all. That it is the dump of the marker, and of nothing later,
// the facts and the exact set tell; here counts that the server is one of its own, out of recovery.
std::vector<Finding> ask_load_ending(Restored& restored) {
  Finding finding{.check = "recovery-ending",
      .question = "was all of the dump loaded?",
      .expected = "every statement succeeded, in a server that recovered nothing",
      .observed = restored.serving ? "loaded to its end" : restored.trouble};
  const bool no_recovery =
      restored.serving && restored.cluster.connect().value("SELECT pg_is_in_recovery()") == "f";
  finding.verdict = no_recovery ? Verdict::met : Verdict::missed;
  return {finding};
}

std::vector<Finding> ask_recovery_ending(Restored& restored, const Marker& marker) {
  if (restored.loaded) {
    return ask_load_ending(restored);
  }
  Finding finding{.check = "recovery-ending",
      .question = "did recovery stop at the marker, and for that reason?",
      .expected = fmt::format("stopped at {} on the timeline after {}", marker.record_start.text(),
          static_cast<std::uint32_t>(marker.position.timeline))};
  Witnesses witnesses;
  hear_log(witnesses, restored, marker);
  hear_control_data(witnesses, restored);
  hear_served_segments(witnesses, restored, marker);
  if (restored.serving) {
    hear_timeline(witnesses, restored, marker);
    hear_history(witnesses, restored, marker.position.timeline);
  } else {
    witnesses.must(false, "server: " + restored.trouble);
  }
  hear_cause(witnesses, restored);
  finding.details = witnesses.objections();
  finding.verdict = finding.details.empty() ? Verdict::met : Verdict::missed;
  finding.observed = finding.details.empty()
                         ? restored.requests_from_log
                               ? "log, control data and timeline agree; the tool keeps no record "
                                 "of what it was asked for"
                               : "log, control data, timeline and served segments agree"
                         : finding.details.front();
  return {finding};
}

std::vector<Finding> ask_replayed_all(Restored& restored, const Replica& replica) {
  Finding finding{.check = "recovery-ending",
      .question = "did recovery replay all that arrived, and end only there?",
      .expected = fmt::format(
          "the end of the archive, after {} was served and replayed", replica.last_segment)};
  Witnesses witnesses;
  const RecoveryEnding& ending = restored.ending;
  witnesses.must(ending.outcome == RecoveryOutcome::end_of_archive,
      fmt::format("log: recovery ended by '{}'{}{}", name_of(ending.outcome),
          ending.cause.empty() ? "" : ": ", ending.cause));
  witnesses.must(ending.redo_done && *ending.redo_done >= replica.last_commit,
      fmt::format("log: the last record replayed is at {}, the last commit that arrived at {}",
          ending.redo_done ? ending.redo_done->text() : "no place", replica.last_commit.text()));
  witnesses.must(
      ending.reader_complaint.empty(), "log: replay ended at a bad record, not at the end");
  hear_beginning(witnesses, restored);
  const TimelineId expected{static_cast<std::uint32_t>(replica.set.timeline) + 1};
  witnesses.must(
      ending.new_timeline == expected, "log: the new timeline is not the one after the backup's");
  hear_control_data(witnesses, restored);
  bool served = false;
  bool missed = false;
  for (const SegmentRequest& request : restored.requests) {
    witnesses.must(request.outcome != "trouble",
        fmt::format("segments: {} could not be served", request.asked));
    served = served || (request.outcome == "served" && request.asked == replica.last_segment);
    missed = missed || (served && request.outcome == "missing" && request.asked.size() == 24);
  }
  witnesses.must(served, fmt::format("segments: {} was never served", replica.last_segment));
  witnesses.must(missed, "segments: nobody asked for one after the last");
  witnesses.must(restored.serving, "server: " + restored.trouble);
  if (restored.serving) {
    hear_history(witnesses, restored, replica.set.timeline);
  }
  hear_cause(witnesses, restored);
  finding.details = witnesses.objections();
  finding.verdict = finding.details.empty() ? Verdict::met : Verdict::missed;
  finding.observed = finding.details.empty()
                         ? "log, control data, history and served segments agree"
                         : finding.details.front();
  return {finding};
}

// History files are asked for too, and a segment again when its first copy was of no use. One that
// is there and is not what was archived is not served: that is where recovery ends.
std::string last_segment_asked(const std::vector<SegmentRequest>& requests) {
  std::string last = "none";
  for (const SegmentRequest& request : requests) {
    if (request.asked.size() == 24 && request.outcome != "missing") {
      last = request.asked;
    }
  }
  return last;
}

// Without a record of requests: none of the files that the server got lies at or behind it.
bool stopped_before(const std::vector<SegmentRequest>& got, const std::string& segment) {
  return std::none_of(got.begin(), got.end(), [&](const SegmentRequest& request) {
    return request.asked.size() == segment.size() && request.asked >= segment;
  });
}

std::vector<Finding> ask_log(Restored& restored) {
  // Read again: what was asked before this question may have made the server complain.
  const std::vector<std::string> unexpected =
      recovery_ending_of(restored.cluster.log()).unexpected_lines;
  Finding finding{.check = "server-log",
      .question = "is the restored server's log free of warnings and errors?",
      .expected = "no WARNING, ERROR, FATAL or PANIC line",
      .observed = fmt::format("{} kinds of them", unexpected.size()),
      .verdict = unexpected.empty() ? Verdict::met : Verdict::missed,
      .details = unexpected};
  return {finding};
}

}  // namespace

Question stopped_at(const Marker& marker) {
  return {.check = "recovery-ending",
      .sentence = "did recovery stop at the marker, and for that reason?",
      .ask = [&marker](Restored& restored) { return ask_recovery_ending(restored, marker); }};
}

Question replayed_all_of(const Replica& replica) {
  return {.check = "recovery-ending",
      .sentence = "did recovery replay all that arrived, and end only there?",
      .ask = [&replica](Restored& restored) { return ask_replayed_all(restored, replica); }};
}

Question died_in_segment(const std::string& segment) {
  return {.check = "gap-named",
      .sentence = "did recovery die in the damaged segment?",
      .ask = [segment](Restored& restored) -> std::vector<Finding> {
        const std::string last = last_segment_asked(restored.requests);
        const bool died = !restored.serving &&
                          restored.ending.outcome != RecoveryOutcome::target_reached &&
                          (restored.requests_from_log
                                  ? last == segment || stopped_before(restored.requests, segment)
                                  : last == segment);
        return {{.check = "gap-named",
            .question = "did recovery die in the damaged segment?",
            .expected = "no server, and " + segment + " as the last segment",
            .observed = fmt::format("{}, recovery ended by '{}', the last segment is {}",
                restored.serving ? "a server" : "no server", name_of(restored.ending.outcome),
                last),
            .verdict = died ? Verdict::met : Verdict::missed}};
      }};
}

Question has_a_clean_log() {
  return {.check = "server-log",
      .sentence = "is the restored server's log free of warnings and errors?",
      .ask = [](Restored& restored) { return ask_log(restored); }};
}

}  // namespace pgrehearse
