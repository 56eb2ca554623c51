#include "harness/report/reading.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/report/xml_text.hpp"

namespace pgrehearse {
namespace {

bool is_objective(const Finding& finding) {
  return finding.check == "rpo" || finding.check == "rto";
}

bool proven_good(const DrillRecord& drill) {
  const bool asked = !std::all_of(drill.findings.begin(), drill.findings.end(), is_objective);
  return drill.status == "finished" && drill.error.empty() && asked &&
         std::all_of(drill.findings.begin(), drill.findings.end(), [](const Finding& finding) {
           return finding.verdict == Verdict::met || is_objective(finding);
         });
}

std::string first_line(const std::string& text) {
  const std::string plain = plain_text(text);
  const std::vector<std::string> lines = lines_of(trimmed(plain));
  return lines.empty() ? "no reason was given" : plain_line(lines.front());
}

}  // namespace

Reading reading_of(const DrillRecord& drill, std::string_view objective) {
  const auto found = std::find_if(drill.objectives.begin(), drill.objectives.end(),
      [&](const ObjectiveRecord& candidate) { return candidate.name == objective; });
  if (found == drill.objectives.end()) {
    return {};
  }
  Reading reading{.bound_seconds = found->bound_seconds, .verdict = found->verdict};
  const Measure& realized = found->realized;
  if (objective == "rto" && !proven_good(drill)) {
    reading.kind = ReadingKind::not_achieved;
  } else if (realized.value.has_value() && std::isfinite(*realized.value) && realized.unit == "s" &&
             !realized.source.empty()) {
    reading.kind = ReadingKind::measured;
    reading.seconds = *realized.value;
    reading.source = realized.source;
  }
  return reading;
}

std::string_view words_for(ReadingKind kind) {
  switch (kind) {
    case ReadingKind::measured:
      return "";
    case ReadingKind::not_measured:
      return "NOT MEASURED";
    case ReadingKind::not_achieved:
      return "not achieved";
  }
  return "NOT MEASURED";
}

std::string_view headline_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::met:
      return "MET";
    case Verdict::unknown:
      return "NOT PROVEN";
    case Verdict::missed:
      return "MISSED";
  }
  return "NOT PROVEN";
}

std::string sentence_of(const Finding& finding) {
  return plain_line(fmt::format(
      "{}: expected {}, observed {}", finding.check, finding.expected, finding.observed));
}

std::string sentence_of(const DrillRecord& drill, const ObjectiveRecord& objective) {
  const Reading reading = reading_of(drill, objective.name);
  const std::string observed = reading.kind == ReadingKind::measured
                                   ? number_text(reading.seconds) + " s"
                                   : std::string{words_for(reading.kind)};
  const std::string bound = objective.bound_seconds.has_value()
                                ? number_text(*objective.bound_seconds) + " s"
                                : std::string{"a bound that is not recorded"};
  return fmt::format(
      "{}: expected at most {}, observed {}", plain_line(objective.name), bound, observed);
}

std::vector<ObjectiveRecord> untold_objectives(const DrillRecord& drill) {
  std::vector<ObjectiveRecord> untold;
  for (const ObjectiveRecord& objective : drill.objectives) {
    const bool told =
        std::any_of(drill.findings.begin(), drill.findings.end(), [&](const Finding& finding) {
          return finding.check == objective.name && finding.verdict == objective.verdict;
        });
    if (!told && (objective.bound_seconds.has_value() || objective.verdict == Verdict::missed)) {
      untold.push_back(objective);
    }
  }
  return untold;
}

std::string doubt_of(const DrillRecord& drill) {
  if (drill.status == "skipped" || drill.status == "not applicable") {
    return drill.status + ": " +
           (drill.skip_reason.empty() ? "no reason was given" : plain_line(drill.skip_reason));
  }
  if (drill.status != "finished") {
    return plain_line(drill.status) + (drill.error.empty() ? "" : ": " + first_line(drill.error));
  }
  if (!drill.error.empty()) {
    return first_line(drill.error);
  }
  if (verdict_of(drill) != Verdict::unknown) {
    return {};
  }
  for (const StepRecord& step : drill.steps) {
    if (step.outcome != "done") {
      return plain_line(fmt::format("step '{}' was not done", step.title));
    }
  }
  std::vector<std::string> unanswered;
  for (const Finding& finding : drill.findings) {
    if (finding.verdict == Verdict::unknown) {
      unanswered.push_back(plain_line(finding.check));
    }
  }
  for (const ObjectiveRecord& objective : untold_objectives(drill)) {
    if (objective.verdict == Verdict::unknown) {
      unanswered.push_back(plain_line(objective.name));
    }
  }
  if (!unanswered.empty()) {
    return "no answer to " + joined(unanswered, ", ");
  }
  return drill.findings.empty() ? "nothing was asked" : "the drill gave no verdict";
}

int line_of_finding(const DrillRecord& drill, std::size_t index) {
  const int line = index < drill.finding_lines.size() ? drill.finding_lines[index] : 0;
  return line > 0 ? line : drill.line;
}

std::string number_text(double number) {
  if (!std::isfinite(number)) {
    return "NOT MEASURED";
  }
  std::string text = fmt::format("{:.3f}", number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') {
    text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

}  // namespace pgrehearse
