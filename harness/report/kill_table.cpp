#include "harness/report/kill_table.hpp"

#include <map>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/error.hpp"
#include "harness/report/kill_score.hpp"
#include "harness/report/markdown_text.hpp"

namespace pgrehearse {
namespace {

// The subject's own checks go one way through the drill, whatever they ask.
std::string row_of(const std::string& check) {
  return check.starts_with("subject:") ? "subject:*" : check;
}

std::string entry_of(const DrillRecord& drill) {
  const Fate fate = fate_of(drill);
  return md_cell(fmt::format("{}.{}", drill.suite, drill.test)) +
         (fate == Fate::killed ? "" : fmt::format(" **{}**", name_of(fate)));
}

}  // namespace

std::string render_kill_table(const RunRecord& record) {
  std::map<std::string, std::vector<std::string>> tried;
  bool any = false;
  for (const DrillRecord& drill : record.drills) {
    if (!drill.on_trial.empty()) {
      tried[row_of(drill.on_trial)].push_back(entry_of(drill));
      any = true;
    } else if (fate_of(drill) == Fate::twin_green) {
      for (const std::string& check : drill.findings.front().details) {
        tried[row_of(check)];
      }
    }
  }
  if (!any) {
    throw Error{ErrorCode::bad_value, "the record holds no sabotage",
        "Take the record.json of a run of prove."};
  }
  std::vector<std::vector<std::string>> rows;
  rows.reserve(tried.size());
  for (const auto& [check, entries] : tried) {
    rows.push_back({md_code(check),
        entries.empty() ? "**untried**" : fmt::format("{}", fmt::join(entries, "<br>"))});
  }
  return "# Checks against sabotages\n\nWhich broken drills each check noticed, rendered by "
         "`render --form kills` from the record of a run of `prove`.\n\n" +
         md_table({"Check", "Killed by it"}, rows);
}

}  // namespace pgrehearse
