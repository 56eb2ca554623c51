#include "harness/report/kill_score.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace pgrehearse {

bool is_on_trial(const DrillRecord& drill) {
  const auto is = [&](std::string_view check) {
    return !drill.findings.empty() && drill.findings.front().check == check;
  };
  return !drill.on_trial.empty() || drill.suite.ends_with("Sabotage") || is("sabotage") ||
         is("healthy-twin");
}

Fate fate_of(const DrillRecord& drill) {
  if (drill.status == "not applicable") {
    return Fate::not_applicable;
  }
  const Verdict verdict = verdict_of(drill);
  const auto all_are = [&](std::string_view check) {
    return std::all_of(drill.findings.begin(), drill.findings.end(),
        [&](const Finding& finding) { return finding.check == check; });
  };
  if (drill.findings.empty() || verdict == Verdict::unknown) {
    return Fate::unknown;
  }
  const bool met = verdict == Verdict::met;
  if (all_are("healthy-twin")) {
    return met ? Fate::twin_green : Fate::twin_red;
  }
  return !all_are("sabotage") ? Fate::unknown : met ? Fate::killed : Fate::survived;
}

std::string_view name_of(Fate fate) {
  switch (fate) {
    case Fate::killed:
      return "killed";
    case Fate::survived:
      return "survived";
    case Fate::unknown:
      return "unknown";
    case Fate::not_applicable:
      return "not applicable";
    case Fate::twin_green:
      return "twin green";
    case Fate::twin_red:
      return "twin red";
  }
  return "unknown";
}

KillScore& KillScore::operator+=(const KillScore& other) {
  killed += other.killed;
  survived += other.survived;
  unknown += other.unknown;
  not_applicable += other.not_applicable;
  twins_green += other.twins_green;
  twins_red += other.twins_red;
  return *this;
}

KillScore kill_score_of(const RunRecord& record) {
  KillScore score;
  for (const DrillRecord& drill : record.drills) {
    switch (fate_of(drill)) {
      case Fate::killed:
        ++score.killed;
        break;
      case Fate::survived:
        ++score.survived;
        break;
      case Fate::unknown:
        ++score.unknown;
        break;
      case Fate::not_applicable:
        ++score.not_applicable;
        break;
      case Fate::twin_green:
        ++score.twins_green;
        break;
      case Fate::twin_red:
        ++score.twins_red;
        break;
    }
  }
  return score;
}

std::string text_of(const KillScore& score) {
  std::string text;
  if (score.twins_green + score.twins_red > 0) {
    text += fmt::format("healthy twins: {} green, {} red\n", score.twins_green, score.twins_red);
  }
  if (score.unknown > 0) {
    text += fmt::format("{} unknown: not injected, or not finished\n", score.unknown);
  }
  // Of those that could be judged: a score that counts what never ran would flatter.
  const std::size_t judged = score.killed + score.survived + score.unknown;
  text += fmt::format("kill score: {}/{}\n", score.killed, judged);
  return text + fmt::format("{} killed, {} survived, {} not applicable\n", score.killed,
                    score.survived, score.not_applicable);
}

}  // namespace pgrehearse
