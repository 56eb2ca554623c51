#include "harness/report/runbook.hpp"

#include <cctype>
#include <vector>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/report/markdown_text.hpp"
#include "harness/report/reading.hpp"

namespace pgrehearse {
namespace {

// Questions have a table of their own.
constexpr std::string_view question_prefix = "Ask: ";

// "RowsComeBack" is "Rows come back".
std::string sentence_from(const std::string& camel_case) {
  std::string text;
  for (const char letter : camel_case) {
    if (std::isupper(static_cast<unsigned char>(letter)) != 0 && !text.empty()) {
      text += ' ';
      text += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    } else {
      text += letter;
    }
  }
  return text;
}

std::string title_from(std::string scenario) {
  for (char& letter : scenario) {
    letter = letter == '-' ? ' ' : letter;
  }
  scenario[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(scenario[0])));
  return scenario;
}

std::string measured(const DrillRecord& drill, std::string_view objective) {
  const Reading reading = reading_of(drill, objective);
  if (reading.kind != ReadingKind::measured) {
    return std::string{words_for(reading.kind)};
  }
  return number_text(reading.seconds) + " s" +
         (reading.bound_seconds ? fmt::format(" of {} s", number_text(*reading.bound_seconds))
                                : std::string{});
}

std::string lost_by(const DrillRecord& drill) {
  return drill.ledger
             ? fmt::format("{} lost, {} discarded", drill.ledger->lost, drill.ledger->discarded)
             : std::string{words_for(ReadingKind::not_measured)};
}

std::string overview(const RunRecord& record) {
  std::vector<std::vector<std::string>> rows;
  for (const DrillRecord& drill : record.drills) {
    rows.push_back({md_text(sentence_from(drill.test)), std::string{headline_of(verdict_of(drill))},
        measured(drill, "rto"), measured(drill, "rpo"), lost_by(drill)});
  }
  return md_table({"Variant", "Verdict", "Recovery time", "Data loss", "Commits"}, rows);
}

std::string steps_of(const DrillRecord& drill) {
  std::string text;
  int number = 0;
  for (const StepRecord& step : drill.steps) {
    if (!step.title.starts_with(question_prefix)) {
      text +=
          fmt::format("{}. {} ({} s)\n", ++number, md_text(step.title), number_text(step.seconds));
    }
  }
  return text;
}

std::string questions_of(const DrillRecord& drill) {
  std::vector<std::vector<std::string>> rows;
  for (const Finding& finding : drill.findings) {
    rows.push_back({md_code(finding.check), md_cell(finding.question), md_cell(finding.observed),
        std::string{headline_of(finding.verdict)}});
  }
  return md_table({"Check", "Question", "Answer", "Verdict"}, rows);
}

std::string recovery_of(const DrillRecord& drill) {
  std::string text;
  if (drill.recovery) {
    text += fmt::format("Recovery was told to stop at {}. It ended: {}.\n",
        md_text(drill.recovery->target), md_text(drill.recovery->ending));
  }
  if (!drill.phases.empty()) {
    std::vector<std::string> phases;
    phases.reserve(drill.phases.size());
    for (const PhaseRecord& phase : drill.phases) {
      phases.push_back(fmt::format("{} {} s", md_text(phase.name), number_text(phase.seconds)));
    }
    text += fmt::format("From the incident on: {}.\n", joined(phases, ", "));
  }
  return text.empty() ? text : "\n" + text;
}

std::string alerts_of(const DrillRecord& drill) {
  std::vector<std::string> alerts;
  for (const AlertRecord& alert : drill.alerts) {
    alerts.push_back(md_code(alert.name) + " " + md_text(alert.level));
  }
  return alerts.empty() ? std::string{}
                        : fmt::format("\nAlerts, in order: {}.\n", joined(alerts, ", "));
}

std::string variant(const DrillRecord& drill) {
  return fmt::format("\n## {}\n\nCase {} in {}.\n\n{}{}{}\n{}", md_text(sentence_from(drill.test)),
      md_code(drill.suite + "." + drill.test), md_code(drill.file), steps_of(drill),
      recovery_of(drill), alerts_of(drill), questions_of(drill));
}

void demand_one_scenario(const RunRecord& record) {
  constexpr std::string_view hint = "Run one: pgrehearse run --scenario NAME.";
  if (record.drills.empty()) {
    throw Error{ErrorCode::bad_value, "the record has no drill", std::string{hint}};
  }
  for (const DrillRecord& drill : record.drills) {
    if (drill.scenario != record.drills.front().scenario) {
      throw Error{ErrorCode::bad_value,
          fmt::format("the record has drills of several scenarios: {}, {}",
              record.drills.front().scenario, drill.scenario),
          std::string{hint}};
    }
  }
}

}  // namespace

std::string render_runbook(const RunRecord& record) {
  demand_one_scenario(record);
  const DrillRecord& first = record.drills.front();
  std::string text = fmt::format("# {}\n\n", md_text(title_from(first.scenario)));
  text +=
      "What was done and asked in a real run; this page is made of its record, not written by "
      "hand.\n\n";
  text += fmt::format("Run {} began {} on {} with server {} and subject {}; {}.\n\n",
      md_code(record.run_id), md_text(record.begin), md_text(record.engine),
      md_text(record.server_version), md_text(first.subject), md_text(record.host));
  text += overview(record);
  for (const DrillRecord& drill : record.drills) {
    text += variant(drill);
  }
  return text;
}

}  // namespace pgrehearse
