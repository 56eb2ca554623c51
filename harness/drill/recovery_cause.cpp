#include "harness/drill/recovery_cause.hpp"

#include <algorithm>
#include <optional>
#include <variant>

#include <fmt/format.h>

#include "harness/pg/wal_reading.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t segment_digits = 24;

bool is_segment(std::string_view name) {
  return name.size() == segment_digits &&
         name.find_first_not_of("0123456789ABCDEF") == std::string_view::npos;
}

// Is this stop the one that was asked for?
struct Fits {
  const RecoveryStop& stop;

  bool operator()(const AtName& name) const {
    return stop.reason == StopReason::restore_point && stop.restore_point == name.restore_point;
  }
  bool operator()(const AtTime& time) const {
    const bool at_an_end =
        stop.reason == StopReason::before_commit || stop.reason == StopReason::before_abort;
    return at_an_end && stop.time &&
           (time.inclusive ? *stop.time > time.when : *stop.time >= time.when);
  }
  bool operator()(const AtLsn& lsn) const {
    return stop.reason == StopReason::before_lsn && stop.lsn && *stop.lsn >= lsn.lsn;
  }
  bool operator()(const AtXid& xid) const {
    const bool before =
        stop.reason == StopReason::before_commit || stop.reason == StopReason::before_abort;
    const bool after =
        stop.reason == StopReason::after_commit || stop.reason == StopReason::after_abort;
    return (xid.inclusive ? after : before) &&
           stop.xid == static_cast<std::uint32_t>(static_cast<std::uint64_t>(xid.xid));
  }
  bool operator()(const Immediate&) const { return stop.reason == StopReason::consistency; }
  bool operator()(const Latest&) const { return false; }
};

EndingCause cause_in(const RecoveryEnding& log, const RecoveryTarget& asked, bool serving) {
  switch (log.outcome) {
    case RecoveryOutcome::target_reached:
      if (!log.stop || !std::visit(Fits{*log.stop}, asked)) {
        return EndingCause::another_point;
      }
      return serving ? EndingCause::as_asked : EndingCause::died;
    case RecoveryOutcome::end_of_archive:
      if (!std::holds_alternative<Latest>(asked) || !log.reader_complaint.empty()) {
        return EndingCause::end_of_archive;
      }
      return serving ? EndingCause::as_asked : EndingCause::died;
    case RecoveryOutcome::target_not_reached:
      return EndingCause::end_of_archive;
    case RecoveryOutcome::restore_command_error:
      return EndingCause::restore_command_failed;
    case RecoveryOutcome::bad_target:
      return EndingCause::bad_target;
    case RecoveryOutcome::skipped:
      return EndingCause::skipped;
    case RecoveryOutcome::died:
      return EndingCause::died;
    case RecoveryOutcome::still_going:
      break;
  }
  return EndingCause::still_going;
}

std::string newest_served(const std::vector<SegmentRequest>& requests) {
  std::string newest;
  for (const SegmentRequest& request : requests) {
    if (request.outcome == "served" && is_segment(request.asked)) {
      newest = std::max(newest, request.asked);
    }
  }
  return newest;
}

// "... in record at 0/3018730", "... in log segment 000000010000000000000003, offset 0".
std::string segment_complained_of(const std::string& complaint, const std::string& newest) {
  for (std::size_t at = 0; at + segment_digits <= complaint.size(); ++at) {
    if (is_segment(std::string_view{complaint}.substr(at, segment_digits))) {
      return complaint.substr(at, segment_digits);
    }
  }
  const std::size_t at = complaint.find(" at ");
  const std::size_t slash = complaint.find('/', at == std::string::npos ? at : at + 4);
  if (at == std::string::npos || slash == std::string::npos) {
    return newest;
  }
  const std::size_t end =
      std::min(complaint.find_first_not_of("0123456789ABCDEF", slash + 1), complaint.size());
  const Lsn place = Lsn::parse(complaint.substr(at + 4, end - at - 4));
  return wal_file_name(
      newest.empty() ? TimelineId{1} : timeline_of_segment(newest), Lsn{place.bytes() + 1});
}

// At the end the newest one is fetched a second time: so it is not the order that tells. Where only
// what was given is known, it is the one behind that.
std::string segment_missing(
    const std::vector<SegmentRequest>& requests, const std::string& newest) {
  std::string missing;
  for (const SegmentRequest& request : requests) {
    const bool behind = request.asked > newest && is_segment(request.asked);
    if (request.outcome == "missing" && behind && (missing.empty() || request.asked < missing)) {
      missing = request.asked;
    }
  }
  if (missing.empty() && !newest.empty()) {
    const Lsn after{start_of_segment(newest).bytes() + 2 * usual_segment_bytes};
    return newest.substr(0, 8) + wal_file_name(TimelineId{1}, after).substr(8);
  }
  return missing;
}

std::string segment_to_blame(
    const RecoveryEnding& log, const std::vector<SegmentRequest>& requests) {
  const auto trouble = std::find_if(requests.begin(), requests.end(),
      [](const SegmentRequest& request) { return request.outcome == "trouble"; });
  if (trouble != requests.end()) {
    return trouble->asked;
  }
  const std::string newest = newest_served(requests);
  return log.reader_complaint.empty() ? segment_missing(requests, newest)
                                      : segment_complained_of(log.reader_complaint, newest);
}

}  // namespace

std::string_view name_of(EndingCause cause) {
  switch (cause) {
    case EndingCause::as_asked:
      return "as asked";
    case EndingCause::another_point:
      return "stopped at another point";
    case EndingCause::end_of_archive:
      return "end of archive";
    case EndingCause::restore_command_failed:
      return "restore_command failed";
    case EndingCause::skipped:
      return "recovery skipped";
    case EndingCause::bad_target:
      return "bad target";
    case EndingCause::died:
      return "the server died";
    case EndingCause::still_going:
      return "still going";
  }
  return "still going";
}

std::string text_of(const RecoveryCause& cause) {
  return cause.segment.empty() ? std::string{name_of(cause.cause)}
                               : fmt::format("{}, first missing or bad segment {}",
                                     name_of(cause.cause), cause.segment);
}

RecoveryCause cause_of(const RecoveryEnding& log, const std::vector<SegmentRequest>& requests,
    const RecoveryTarget& asked, bool serving) {
  RecoveryCause result{.cause = cause_in(log, asked, serving)};
  const bool by_a_segment = result.cause == EndingCause::end_of_archive ||
                            result.cause == EndingCause::restore_command_failed;
  const bool by_a_bad_one =
      result.cause == EndingCause::died &&
      std::any_of(requests.begin(), requests.end(),
          [](const SegmentRequest& request) { return request.outcome == "trouble"; });
  if (by_a_segment || by_a_bad_one) {
    result.segment = segment_to_blame(log, requests);
  }
  return result;
}

}  // namespace pgrehearse
