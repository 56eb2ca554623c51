#include "harness/report/verdict_sentence.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/report/kill_score.hpp"
#include "harness/report/reading.hpp"
#include "harness/report/xml_text.hpp"

namespace pgrehearse {
namespace {

std::string of_a_trial(const KillScore& score) {
  const std::size_t judged = score.killed + score.survived + score.unknown;
  std::string text = score.killed == judged
                         ? fmt::format("All {} sabotages were noticed where they had to be", judged)
                         : fmt::format("{} of {} sabotages were noticed where they had to be",
                               score.killed, judged);
  if (score.survived > 0) {
    text += fmt::format(", {} survived", score.survived);
  }
  if (score.unknown > 0) {
    text += fmt::format(", {} proved nothing", score.unknown);
  }
  if (score.twins_red > 0) {
    text += fmt::format(
        ", {} healthy {} red", score.twins_red, score.twins_red == 1 ? "twin went" : "twins went");
  }
  return text;
}

std::vector<std::string> missed_checks(const DrillRecord& drill) {
  std::vector<std::string> names;
  for (const Finding& finding : drill.findings) {
    if (finding.verdict == Verdict::missed) {
      names.push_back(plain_line(finding.check));
    }
  }
  for (const ObjectiveRecord& objective : untold_objectives(drill)) {
    if (objective.verdict == Verdict::missed) {
      names.push_back(plain_line(objective.name));
    }
  }
  return names;
}

// "content, rpo and 3 more"
std::string names_of(const std::vector<std::string>& names) {
  constexpr std::size_t most = 4;
  if (names.size() <= most) {
    return joined(names, ", ");
  }
  const std::vector<std::string> first(names.begin(), names.begin() + most - 1);
  return fmt::format("{} and {} more", joined(first, ", "), names.size() - first.size());
}

}  // namespace

std::string verdict_sentence(const RunRecord& record) {
  if (record.drills.empty()) {
    return "Nothing ran, so nothing is proven.";
  }
  const auto count = [&](Verdict verdict) {
    return std::count_if(record.drills.begin(), record.drills.end(),
        [&](const DrillRecord& drill) { return verdict_of(drill) == verdict; });
  };
  const auto drills = static_cast<long>(record.drills.size());
  const long missed = count(Verdict::missed);
  const long unknown = count(Verdict::unknown);
  std::string text;
  if (std::all_of(record.drills.begin(), record.drills.end(), is_on_trial)) {
    text = of_a_trial(kill_score_of(record));
  } else if (drills == 1 && missed > 0) {
    const std::vector<std::string> names = missed_checks(record.drills.front());
    text = "The drill missed " + (names.empty() ? "what was asked of it" : names_of(names));
  } else if (drills == 1 && unknown > 0) {
    text = "The drill proved nothing, so this run is no evidence";
  } else if (missed > 0) {
    text = fmt::format(
        "{} of {} drills missed what was asked of {}", missed, drills, missed == 1 ? "it" : "them");
    text += unknown > 0 ? fmt::format(", {} proved nothing", unknown) : "";
  } else if (unknown > 0) {
    text =
        fmt::format("{} of {} drills proved nothing, so this run is no evidence", unknown, drills);
  } else {
    text = drills == 1
               ? "The drill met all that was asked of it, within its objectives"
               : fmt::format(
                     "All {} drills met what was asked of them, within their objectives", drills);
  }
  if (!record.interrupted.empty()) {
    text += fmt::format("; the run was interrupted by {}", record.interrupted);
  } else if (record.exit_status < 0) {
    text += "; the run has not ended";
  }
  if (!record.leftovers.empty()) {
    text += fmt::format("; {} left to be removed by hand",
        record.leftovers.size() == 1 ? std::string{"1 thing is"}
                                     : fmt::format("{} things are", record.leftovers.size()));
  }
  return plain_line(text) + ".";
}

std::string verdict_sentence(const DrillRecord& drill) {
  const Verdict verdict = verdict_of(drill);
  if (verdict == Verdict::met) {
    return is_on_trial(drill) ? "It went as it had to."
                              : "Everything that was asked of it was answered as expected.";
  }
  if (verdict == Verdict::unknown) {
    return plain_line("It proves nothing: " + doubt_of(drill) + ".");
  }
  const std::vector<std::string> names = missed_checks(drill);
  return names.empty() ? "Its verdict is missed." : "It missed " + names_of(names) + ".";
}

}  // namespace pgrehearse
