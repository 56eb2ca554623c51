#include "harness/report/summary.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "harness/report/reading.hpp"
#include "harness/report/scope.hpp"
#include "harness/report/xml_text.hpp"

namespace pgrehearse {
namespace {

// A terminal shows the first of them; the reports hold all.
constexpr std::size_t most_details = 10;

class Paint {
 public:
  explicit Paint(bool colour) : colour_(colour) {}

  /// The verdict in its colour, padded to one width.
  [[nodiscard]] std::string verdict(Verdict verdict) const {
    const std::string word = fmt::format("{:<10}", headline_of(verdict));
    if (!colour_) {
      return word;
    }
    const std::string_view code = verdict == Verdict::met      ? "32"
                                  : verdict == Verdict::missed ? "31"
                                                               : "33";
    return fmt::format("\x1b[1;{}m{}\x1b[0m", code, word);
  }

 private:
  bool colour_;
};

std::string case_name(const DrillRecord& drill) {
  return plain_line(drill.suite.empty() ? drill.scenario : drill.suite + "." + drill.test);
}

std::string achieved(const DrillRecord& drill, std::string_view objective) {
  const Reading reading = reading_of(drill, objective);
  return reading.kind == ReadingKind::measured ? number_text(reading.seconds) + " s"
                                               : std::string{words_for(reading.kind)};
}

// A drill on trial has no objectives of its own: what counts is where it went red.
bool is_on_trial(const DrillRecord& drill) {
  return !drill.findings.empty() && (drill.findings.front().check == "sabotage" ||
                                        drill.findings.front().check == "healthy-twin");
}

std::string line_of(const DrillRecord& drill, const Paint& paint) {
  if (is_on_trial(drill)) {
    return fmt::format("{} {}  {}\n", paint.verdict(verdict_of(drill)), case_name(drill),
        plain_line(drill.findings.front().observed));
  }
  const std::string lost = drill.ledger.has_value()
                               ? std::to_string(drill.ledger->lost)
                               : std::string{words_for(ReadingKind::not_measured)};
  return fmt::format("{} {}  RTO {}  RPO {}  lost {}\n", paint.verdict(verdict_of(drill)),
      case_name(drill), achieved(drill, "rto"), achieved(drill, "rpo"), lost);
}

std::string issues_of(const DrillRecord& drill, const Paint& paint) {
  std::string text;
  if (const std::string doubt = doubt_of(drill); !doubt.empty()) {
    text += fmt::format("  {} {}\n", paint.verdict(Verdict::unknown), doubt);
  }
  for (std::size_t i = 0; i < drill.findings.size(); ++i) {
    const Finding& finding = drill.findings[i];
    if (finding.verdict == Verdict::met) {
      continue;
    }
    text += fmt::format("  {} {}\n             at {}:{}\n", paint.verdict(finding.verdict),
        sentence_of(finding), plain_line(drill.file), line_of_finding(drill, i));
    const std::size_t shown = std::min(finding.details.size(), most_details);
    for (std::size_t detail = 0; detail < shown; ++detail) {
      text += fmt::format("             - {}\n", plain_line(finding.details[detail]));
    }
    if (shown < finding.details.size()) {
      text += fmt::format(
          "             - and {} more, see drill-record.md\n", finding.details.size() - shown);
    }
  }
  for (const ObjectiveRecord& objective : untold_objectives(drill)) {
    if (objective.verdict != Verdict::met) {
      text +=
          fmt::format("  {} {}\n", paint.verdict(objective.verdict), sentence_of(drill, objective));
    }
  }
  return text.empty() ? text : fmt::format("\n{}\n{}", case_name(drill), text);
}

}  // namespace

std::string render_summary(const RunRecord& record, bool colour, const std::string& folder) {
  const Paint paint{colour};
  std::string text;
  for (const DrillRecord& drill : record.drills) {
    text += line_of(drill, paint);
  }
  if (record.drills.empty()) {
    text += paint.verdict(Verdict::unknown) + " nothing ran\n";
  }
  for (const DrillRecord& drill : record.drills) {
    text += issues_of(drill, paint);
  }
  if (!record.interrupted.empty()) {
    text += fmt::format("\ninterrupted by {}\n", plain_line(record.interrupted));
  }
  if (!record.leftovers.empty()) {
    text += "\ncould not be removed:\n";
    for (const std::string& leftover : record.leftovers) {
      text += "  - " + plain_line(leftover) + "\n";
    }
  }
  if (!record.drills.empty() && !is_on_trial(record.drills.front())) {
    text += "\nthe drill itself: " + trial_sentence(record) + "\n";
  }
  const std::string where = folder.empty() ? "" : plain_line(folder) + "/";
  // A line each: that fits a terminal, and a terminal can open them.
  return text + fmt::format(
                    "\nreports: {0}drill-record.md\n         {0}junit.xml\n         "
                    "{0}record.json\n",
                    where);
}

}  // namespace pgrehearse
