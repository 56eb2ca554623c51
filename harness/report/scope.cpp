#include "harness/report/scope.hpp"

#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/report/xml_text.hpp"

namespace pgrehearse {
namespace {

// "accidental-delete (10 of 10 cases), corruption (7 of 8 cases)"
std::string met_by_scenario(const RunRecord& record) {
  std::map<std::string, std::pair<int, int>> seen;
  for (const DrillRecord& drill : record.drills) {
    auto& [met, asked] = seen[drill.scenario.empty() ? drill.suite : drill.scenario];
    ++asked;
    met += verdict_of(drill) == Verdict::met ? 1 : 0;
  }
  std::vector<std::string> texts;
  texts.reserve(seen.size());
  for (const auto& [scenario, counts] : seen) {
    texts.push_back(fmt::format("{} ({} of {})", scenario, counts.first, counts.second));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace

std::string trial_sentence(const RunRecord& record) {
  if (!record.proof) {
    return "not on trial yet with this program, engine and configuration; 'pgrehearse prove' does "
           "that";
  }
  const ProofRecord& proof = *record.proof;
  const std::size_t judged = proof.killed.size() + proof.survived.size() + proof.unknown.size();
  std::string text = fmt::format(
      "{} of {} sabotages killed by this program and configuration on "
      "{}, {}",
      proof.killed.size(), judged, proof.engine_kind, proof.when.substr(0, 10));
  if (!proof.survived.empty()) {
    text += fmt::format("; survived: {}", fmt::join(proof.survived, ", "));
  }
  if (!proof.unknown.empty()) {
    text += fmt::format("; unknown: {}", fmt::join(proof.unknown, ", "));
  }
  return plain_line(text);
}

std::vector<std::string> scope_of(const RunRecord& record) {
  std::vector<std::string> sentences;
  sentences.push_back(
      plain_line(record.drills.empty() ? std::string{"Proven: nothing."}
                                       : fmt::format("Cases met on {}: {}.",
                                             record.engine.empty() ? "no engine" : record.engine,
                                             met_by_scenario(record))));
  sentences.push_back(
      plain_line(record.not_selected.empty()
                     ? std::string{"Not covered: no case of this program was left out."}
                     : fmt::format("Not covered, because not asked for: {}.",
                           fmt::join(record.not_selected, ", "))));
  sentences.push_back("The drill itself: " + trial_sentence(record) + ".");
  return sentences;
}

}  // namespace pgrehearse
