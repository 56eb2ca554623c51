#include "harness/report/history.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/report/kill_score.hpp"
#include "harness/report/reading.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t fewest_to_compare = 5;

// A robust spread: one slow run among ten does not widen it.
double spread(const std::vector<double>& values) {
  constexpr double normal = 1.4826;  // makes it the standard deviation of normal noise
  const double middle = median_of(values);
  std::vector<double> apart;
  apart.reserve(values.size());
  for (const double value : values) {
    apart.push_back(std::abs(value - middle));
  }
  return normal * median_of(apart);
}

HistoryPoint point_of(const RunRecord& record, const DrillRecord& drill) {
  HistoryPoint point{.run_id = record.run_id, .end = record.end, .verdict = verdict_of(drill)};
  for (const char* objective : {"rto", "rpo"}) {
    const Reading reading = reading_of(drill, objective);
    if (reading.kind == ReadingKind::measured) {
      point.seconds[objective] = reading.seconds;
    }
  }
  for (const PhaseRecord& phase : drill.phases) {
    if (std::isfinite(phase.seconds)) {
      point.seconds["phase " + phase.name] += phase.seconds;
    }
  }
  for (const auto& [name, value] : drill.facts) {
    double bytes = 0;
    const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), bytes);
    if (name.ends_with(" bytes") && problem == std::errc{} && end == value.data() + value.size()) {
      point.bytes[name] = bytes;
    }
  }
  return point;
}

void compare(const CaseHistory& history, std::size_t last, std::vector<Slower>& slower) {
  std::vector<const HistoryPoint*> met;
  for (const HistoryPoint& point : history.points) {
    if (point.verdict == Verdict::met) {
      met.push_back(&point);
    }
  }
  // Only what is new is news: of a case whose newest run was red, the verdict speaks.
  if (met.empty() || met.back() != &history.points.back()) {
    return;
  }
  for (const auto& [what, seconds] : met.back()->seconds) {
    std::vector<double> before;
    for (auto point = met.rbegin() + 1; point != met.rend() && before.size() < last; ++point) {
      if (const auto found = (*point)->seconds.find(what); found != (*point)->seconds.end()) {
        before.push_back(found->second);
      }
    }
    if (before.size() < fewest_to_compare || what == "rpo") {
      continue;
    }
    constexpr double too_short_to_matter = 0.25;
    const double usual = median_of(before);
    const double limit = usual + std::max({3 * spread(before), usual / 5, too_short_to_matter});
    if (seconds > limit) {
      slower.push_back({history.name, history.engine, what, seconds, usual, limit});
    }
  }
}

}  // namespace

double median_of(std::vector<double> values) {
  if (values.empty()) {
    return 0;
  }
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

History history_of(const std::vector<RunRecord>& records, std::size_t last) {
  std::vector<const RunRecord*> ended;
  for (const RunRecord& record : records) {
    if (!record.end.empty() && record.interrupted.empty()) {
      ended.push_back(&record);
    }
  }
  std::sort(ended.begin(), ended.end(), [](const RunRecord* left, const RunRecord* right) {
    return std::tie(left->end, left->run_id) < std::tie(right->end, right->run_id);
  });
  std::map<std::pair<std::string, std::string>, CaseHistory> by_case;
  History history{.last = last};
  for (const RunRecord* record : ended) {
    bool any = false;
    const std::string engine = record->engine.substr(0, record->engine.find(' '));
    for (const DrillRecord& drill : record->drills) {
      if (!is_on_trial(drill)) {
        const std::string name = fmt::format("{}.{}", drill.suite, drill.test);
        CaseHistory& one = by_case[{name, engine}];
        one.name = name;
        one.engine = engine;
        one.points.push_back(point_of(*record, drill));
        any = true;
      }
    }
    history.runs += any ? 1U : 0U;
  }
  for (auto& [key, one] : by_case) {
    compare(one, last, history.slower);
    history.cases.push_back(std::move(one));
  }
  return history;
}

History history_in(const fs::path& folder, std::size_t last) {
  std::error_code problem;
  fs::recursive_directory_iterator entries{folder, problem};
  if (problem) {
    throw Error{ErrorCode::io, "cannot read the folder of reports: " + problem.message(),
        "--reports names the folder that holds the reports of earlier runs.", folder.string()};
  }
  std::vector<RunRecord> records;
  std::vector<fs::path> unread;
  for (auto entry = begin(entries); entry != end(entries); ++entry) {
    if (entry->is_directory() && entry->path().filename() == "cases") {
      entry.disable_recursion_pending();
    }
    if (entry->path().filename() != "record.json") {
      continue;
    }
    try {
      records.push_back(record_from_json(read_file(entry->path())));
    } catch (const Error&) {
      unread.push_back(entry->path());
    }
  }
  History history = history_of(records, last);
  std::sort(unread.begin(), unread.end());
  history.unread = std::move(unread);
  return history;
}

}  // namespace pgrehearse
