#include "harness/report/follow_ups.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/time.hpp"
#include "harness/report/next_step.hpp"
#include "harness/report/reading.hpp"

namespace pgrehearse {
namespace {

std::string setting(const RunRecord& record, std::string_view name) {
  const auto found = std::find_if(record.settings.begin(), record.settings.end(),
      [&](const SettingRecord& candidate) { return candidate.name == name; });
  return found == record.settings.end() ? std::string{} : found->value;
}

// A day, counted from the end of the drill; nothing when one of the two is not known.
std::string due_date(const RunRecord& record, const DrillRecord& drill) {
  const std::string within = setting(record, "follow-up-within");
  if (within.empty() || drill.end.empty()) {
    return {};
  }
  try {
    const Timestamp end = Timestamp::parse(drill.end);
    return (end + parse_duration(within)).text().substr(0, std::string_view{"2026-11-21"}.size());
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

std::vector<FollowUp> follow_ups_of(const RunRecord& record, const DrillRecord& drill) {
  const std::string owner = setting(record, "follow-up-owner");
  const std::string due = due_date(record, drill);
  std::vector<FollowUp> list;
  const auto add = [&](Verdict verdict, const std::string& subject, const std::string& what) {
    list.push_back({verdict, subject, what, owner, due});
  };
  for (const Finding& finding : drill.findings) {
    if (finding.verdict != Verdict::met) {
      add(finding.verdict, finding.check, next_step(finding.check, finding.verdict));
    }
  }
  for (const ObjectiveRecord& objective : untold_objectives(drill)) {
    if (objective.verdict != Verdict::met) {
      add(objective.verdict, objective.name, next_step(objective.name, objective.verdict));
    }
  }
  if (list.empty() && verdict_of(drill) != Verdict::met) {
    add(verdict_of(drill), "drill",
        fmt::format("Remove what kept the drill from proving anything ({}), and drill again.",
            doubt_of(drill)));
  }
  for (const std::string& warning : drill.warnings) {
    add(Verdict::met, "warning", fmt::format("Look into this warning: {}", warning));
  }
  return list;
}

}  // namespace pgrehearse
