#include "harness/report/summary.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/report/kill_score.hpp"
#include "harness/report/reading.hpp"
#include "harness/report/scope.hpp"
#include "harness/report/xml_text.hpp"

namespace pgrehearse {
namespace {

// A terminal shows the first of them; the reports hold all.
constexpr std::size_t most_details = 10;
constexpr std::size_t columns = 80;
constexpr std::size_t verdict_columns = 11;  // "NOT PROVEN "

// Characters, not bytes: what a terminal counts, but for the few that take two places.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// `text` in lines that fit the terminal, of which the first begins at `column` and the others
/// behind `indent` spaces. A word that is longer than a line stays whole, so that a path or a name
/// can be copied.
std::string folded(std::string_view text, std::size_t column, std::size_t indent) {
  std::string out;
  bool empty = true;
  for (const std::string& word : split(text, ' ')) {
    const std::size_t width = width_of(word);
    if (!empty && column + 1 + width > columns) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
      empty = true;
    }
    out += (empty ? "" : " ") + word;
    column += width + (empty ? 0 : 1);
    empty = false;
  }
  return out;
}

// A name that leaves no room goes on behind the dot between suite and case.
std::string name_in(std::string_view name, std::size_t column) {
  const std::size_t dot = name.find('.');
  if (column + width_of(name) <= columns || dot == std::string_view::npos) {
    return std::string{name};
  }
  return fmt::format(
      "{}\n{}{}", name.substr(0, dot + 1), std::string(column, ' '), name.substr(dot + 1));
}

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

// On the line of the name where both fit, else on the next.
std::string beside(const std::string& name, const std::string& text) {
  if (verdict_columns + width_of(name) + 2 + width_of(text) <= columns) {
    return name + "  " + text;
  }
  return name_in(name, verdict_columns) + "\n" + std::string(verdict_columns, ' ') +
         folded(text, verdict_columns, verdict_columns);
}

std::string line_of(const DrillRecord& drill, const Paint& paint) {
  if (is_on_trial(drill)) {
    const std::string seen =
        drill.findings.empty() ? drill.status : plain_line(drill.findings.front().observed);
    return fmt::format("{} {}\n", paint.verdict(verdict_of(drill)), beside(case_name(drill), seen));
  }
  const std::string lost = drill.ledger.has_value()
                               ? std::to_string(drill.ledger->lost)
                               : std::string{words_for(ReadingKind::not_measured)};
  const std::string numbers =
      fmt::format("RTO {}  RPO {}  lost {}", achieved(drill, "rto"), achieved(drill, "rpo"), lost);
  return fmt::format(
      "{} {}\n", paint.verdict(verdict_of(drill)), beside(case_name(drill), numbers));
}

constexpr std::size_t issue_column = verdict_columns + 2;
constexpr std::size_t detail_column = issue_column + 2;

std::string told(const std::string& sentence) {
  return folded(sentence, issue_column, issue_column);
}

std::string issues_of(const DrillRecord& drill, const Paint& paint) {
  std::string text;
  if (const std::string doubt = doubt_of(drill); !doubt.empty()) {
    text += fmt::format("  {} {}\n", paint.verdict(Verdict::unknown), told(doubt));
  }
  for (std::size_t i = 0; i < drill.findings.size(); ++i) {
    const Finding& finding = drill.findings[i];
    if (finding.verdict == Verdict::met) {
      continue;
    }
    text += fmt::format("  {} {}\n             at {}:{}\n", paint.verdict(finding.verdict),
        told(sentence_of(finding)), plain_line(drill.file), line_of_finding(drill, i));
    const std::size_t shown = std::min(finding.details.size(), most_details);
    for (std::size_t detail = 0; detail < shown; ++detail) {
      text += fmt::format("             - {}\n",
          folded(plain_line(finding.details[detail]), detail_column, detail_column));
    }
    if (shown < finding.details.size()) {
      text += fmt::format(
          "             - and {} more, see drill-record.md\n", finding.details.size() - shown);
    }
  }
  for (const ObjectiveRecord& objective : untold_objectives(drill)) {
    if (objective.verdict != Verdict::met) {
      text += fmt::format(
          "  {} {}\n", paint.verdict(objective.verdict), told(sentence_of(drill, objective)));
    }
  }
  return text.empty() ? text : fmt::format("\n{}\n{}", name_in(case_name(drill), 0), text);
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
    text += "\n" + folded("the drill itself: " + trial_sentence(record), 0, 2) + "\n";
  }
  const std::string where = folder.empty() ? "" : plain_line(folder) + "/";
  // A line each: that fits a terminal, and a terminal can open them.
  return text +
         fmt::format(
             "\nreports: {0}report.html\n         {0}drill-record.md\n         {0}junit.xml\n"
             "         {0}record.json\n",
             where);
}

}  // namespace pgrehearse
