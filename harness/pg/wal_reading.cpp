#include "harness/pg/wal_reading.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

bool is_segment_name(std::string_view name) {
  return name.size() == 24 && name.find_first_not_of("0123456789ABCDEF") == std::string_view::npos;
}

std::optional<Lsn> take_lsn(std::string_view& text) {
  const std::optional<std::uint64_t> high = take_number(text, 16);
  const bool slash = take_prefix(text, "/");
  const std::optional<std::uint64_t> low = take_number(text, 16);
  return high && slash && low ? std::optional{Lsn{(*high << 32U) | *low}} : std::nullopt;
}

// The first 24-digit name in a message.
std::string segment_in(std::string_view message) {
  for (std::size_t at = 0; at + 24 <= message.size(); ++at) {
    if (is_segment_name(message.substr(at, 24))) {
      return std::string{message.substr(at, 24)};
    }
  }
  return {};
}

// "error in WAL record at <last>: <objection> at <place>: ...", or a first record that cannot be
// found.
WalReading bad_place(std::string_view message, Lsn last_record, std::uint64_t segment_bytes) {
  WalReading reading{.stop = WalStop::bad_record, .last_record = last_record};
  if (take_prefix(message, "error in WAL record at ")) {
    reading.last_record = take_lsn(message).value_or(last_record);
  }
  const bool zero_length = message.find("invalid record length") != std::string_view::npos &&
                           message.ends_with(", got 0");
  const bool zero_page = message.find("invalid magic number 0000 in") != std::string_view::npos;
  if (zero_length || zero_page) {
    reading.stop = WalStop::zeros_follow;
  }
  if (const std::string segment = segment_in(message); !segment.empty()) {
    std::string_view offset =
        message.substr(std::min(message.size(), message.rfind("offset ") + 7));
    reading.stopped_at =
        Lsn{start_of_segment(segment, segment_bytes).bytes() + take_number(offset).value_or(0)};
    return reading;
  }
  const std::size_t at = message.rfind(" at ");
  if (at != std::string_view::npos) {
    std::string_view place = message.substr(at + 4);
    reading.stopped_at = take_lsn(place);
  }
  return reading;
}

void demand_segment_name(std::string_view name) {
  if (!is_segment_name(name)) {
    throw Error{ErrorCode::bad_value, "this is not the name of a WAL segment",
        "It has 24 hexadecimal digits: timeline, and two halves of the segment's number."};
  }
}

}  // namespace

Program waldump_program(
    const WalRange& range, WalDetail detail, const std::string& pg_waldump, Milliseconds deadline) {
  Program program{
      .argv = {pg_waldump, "--path=" + range.directory, "--rmgr=Transaction", "--rmgr=XLOG"},
      .env = {{"LC_ALL", Secret{"C"}}, {"TZ", Secret{"UTC"}}},
      .deadline = deadline};
  if (detail == WalDetail::changes) {
    program.argv.insert(program.argv.end(), {"--rmgr=Heap", "--rmgr=Heap2", "--rmgr=Storage"});
  }
  if (range.start) {
    program.argv.push_back("--start=" + range.start->text());
  }
  if (range.end) {
    program.argv.push_back("--end=" + range.end->text());
  }
  program.argv.push_back(range.first_segment);
  if (!range.last_segment.empty()) {
    program.argv.push_back(range.last_segment);
  }
  return program;
}

std::string_view name_of(WalStop stop) {
  switch (stop) {
    case WalStop::whole_range:
      return "whole range";
    case WalStop::zeros_follow:
      return "zeros follow";
    case WalStop::segment_missing:
      return "segment missing";
    case WalStop::segment_torn:
      return "segment torn";
    case WalStop::bad_record:
      return "bad record";
    case WalStop::unreadable:
      return "unreadable";
  }
  return "unreadable";
}

Lsn start_of_segment(std::string_view name, std::uint64_t segment_bytes) {
  demand_segment_name(name);
  std::string_view high = name.substr(8, 8);
  std::string_view low = name.substr(16, 8);
  const std::uint64_t high_bytes = take_number(high, 16).value_or(0) << 32U;
  return Lsn{high_bytes + take_number(low, 16).value_or(0) * segment_bytes};
}

TimelineId timeline_of_segment(std::string_view name) {
  demand_segment_name(name);
  std::string_view digits = name.substr(0, 8);
  return TimelineId{static_cast<std::uint32_t>(take_number(digits, 16).value_or(0))};
}

WalReading wal_reading_of(const Completed& dump, Lsn last_record, std::uint64_t segment_bytes) {
  WalReading reading{.last_record = last_record};
  if (dump.ok()) {
    reading.stop = WalStop::whole_range;
    return reading;
  }
  // Exit status 1 is the program's own way to say why; anything else ended it.
  if (dump.timed_out || dump.status != 1) {
    return reading;
  }
  for (const std::string& line : lines_of(dump.err)) {
    std::string_view message = line;
    static_cast<void>(take_until(message, "error: "));
    if (message.starts_with("error in WAL record at ") ||
        message.starts_with("could not find a valid record after ")) {
      return bad_place(message, last_record, segment_bytes);
    }
    const bool gone = message.starts_with("could not locate WAL file ") ||
                      message.starts_with("could not find file ") ||
                      message.starts_with("could not open file ");
    const bool torn = message.starts_with("could not read ");
    reading.segment = gone || torn ? segment_in(message) : "";
    if (!reading.segment.empty()) {
      reading.stop = gone ? WalStop::segment_missing : WalStop::segment_torn;
      reading.stopped_at = start_of_segment(reading.segment, segment_bytes);
      return reading;
    }
  }
  return reading;
}

}  // namespace pgrehearse
