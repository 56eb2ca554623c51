#include "harness/report/markdown_drill.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/base/time.hpp"
#include "harness/report/follow_ups.hpp"
#include "harness/report/markdown_text.hpp"
#include "harness/report/reading.hpp"

namespace pgrehearse {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr std::string_view blank = "________________";

std::string minutes(double seconds) {
  return number_text(seconds / 60);
}

std::string section(std::string_view title, const std::string& body) {
  return fmt::format("\n### {}\n\n{}", title, body);
}

// The first word of the target is its kind: "time ...", "name ...", "latest".
std::string target_kind(const DrillRecord& drill) {
  return drill.recovery.has_value()
             ? drill.recovery->target.substr(0, drill.recovery->target.find(' '))
             : std::string{};
}

std::vector<std::string> target_time(const DrillRecord& drill) {
  if (target_kind(drill) == "time") {
    return {
        "Target time (UTC)", md_cell(drill.recovery->target.substr(4)), "the drill's own request"};
  }
  const auto marker = std::find_if(drill.chronicle.begin(), drill.chronicle.end(),
      [](const InstantRecord& instant) { return instant.name == "marker"; });
  if (marker == drill.chronicle.end()) {
    return {"Target time (UTC)", "not applicable", "no marker in the chronicle"};
  }
  return {"Target time (UTC)", md_cell(marker->time),
      md_cell("time of the marker, " + marker->clock + " clock; recovery did not aim at a time")};
}

std::vector<std::string> target_row(
    const DrillRecord& drill, std::string_view name, std::string_view objective) {
  const Reading reading = reading_of(drill, objective);
  return {fmt::format("{} target (minutes)", name),
      reading.bound_seconds.has_value() ? minutes(*reading.bound_seconds) : "none set",
      "objectives of the subject"};
}

std::vector<std::string> achieved_row(
    const DrillRecord& drill, std::string_view name, std::string_view objective) {
  const Reading reading = reading_of(drill, objective);
  const std::string field = fmt::format("{} achieved (minutes)", name);
  switch (reading.kind) {
    case ReadingKind::measured:
      return {field,
          fmt::format("{} ({} s)", minutes(reading.seconds), number_text(reading.seconds)),
          md_cell(reading.source)};
    case ReadingKind::not_measured:
      return {field, std::string{words_for(reading.kind)}, "no traceable measurement"};
    case ReadingKind::not_achieved:
      break;
  }
  return {field, std::string{words_for(reading.kind)}, "the restored cluster was not proven good"};
}

std::string date_of(const std::string& instant) {
  return instant.size() < 10 ? std::string{} : instant.substr(0, 10);
}

std::string head_table(const RunRecord& record, const DrillRecord& drill) {
  const std::string person =
      record.operator_name.empty() ? std::string{blank} : md_cell(record.operator_name);
  const std::string environment = fmt::format(
      "disposable, {}, server {}, subject {}", record.engine, record.server_version, drill.subject);
  const std::string kind = target_kind(drill);
  return md_table({"Field", "Value", "Source"},
      {{"Date (UTC)", md_cell(date_of(drill.begin)), "clock of this host"},
          {"Primary operator", person, "PGREHEARSE\\_OPERATOR, or signed by hand"},
          {"Secondary reviewer", std::string{blank}, "signed by hand"},
          {"Environment", md_cell(environment), "the engine and the server"},
          {"Backup file", md_cell(drill.backup), "the backup tool"},
          {"Recovery target type", md_cell(kind), "the drill's own request"}, target_time(drill),
          {"Marker taken", md_cell(drill.marker_mode), "the drill"},
          {"Start time (UTC)", md_cell(drill.begin), "clock of this host"},
          {"End time (UTC)", drill.end.empty() ? "not ended" : md_cell(drill.end),
              "clock of this host"},
          {"Duration (minutes)",
              drill.end.empty() ? std::string{words_for(ReadingKind::not_measured)}
                                : minutes(drill.seconds),
              "steady clock of this host"},
          target_row(drill, "RTO", "rto"), achieved_row(drill, "RTO", "rto"),
          target_row(drill, "RPO", "rpo"), achieved_row(drill, "RPO", "rpo")});
}

std::string steps_of(const DrillRecord& drill) {
  if (drill.steps.empty()) {
    return "No step was begun.\n";
  }
  std::string text;
  for (std::size_t i = 0; i < drill.steps.size(); ++i) {
    const StepRecord& step = drill.steps[i];
    text += fmt::format("{}. {} ({}, {} s)\n", i + 1, md_text(step.title), md_text(step.outcome),
        number_text(step.seconds));
    text += step.error.empty() ? "" : "   - " + md_text(step.error) + "\n";
  }
  return text + "\nSource of the durations: steady clock of this host.\n";
}

std::string results_of(const DrillRecord& drill) {
  Rows rows;
  for (const Finding& finding : drill.findings) {
    rows.push_back({md_code(finding.check), md_cell(finding.question), md_cell(finding.expected),
        md_cell(finding.observed), std::string{headline_of(finding.verdict)}});
  }
  for (const ObjectiveRecord& objective : untold_objectives(drill)) {
    const Reading reading = reading_of(drill, objective.name);
    rows.push_back({md_code(objective.name),
        objective.name == "rto" ? "is the service back in time?" : "is the loss within its bound?",
        objective.bound_seconds.has_value()
            ? fmt::format("at most {} s", number_text(*objective.bound_seconds))
            : "no bound recorded",
        reading.kind == ReadingKind::measured ? number_text(reading.seconds) + " s"
                                              : std::string{words_for(reading.kind)},
        std::string{headline_of(objective.verdict)}});
  }
  return md_table({"Check", "Question", "Expected", "Observed", "Verdict"}, rows);
}

std::string phases_of(const DrillRecord& drill) {
  if (drill.phases.empty()) {
    return md_table({}, {});
  }
  double whole = 0;
  for (const PhaseRecord& phase : drill.phases) {
    whole += phase.seconds;
  }
  Rows rows;
  for (const PhaseRecord& phase : drill.phases) {
    rows.push_back({md_cell(phase.name), number_text(phase.seconds),
        whole > 0 ? fmt::format("{:.1f} %", 100 * phase.seconds / whole) : "-"});
  }
  rows.push_back({"**whole**", fmt::format("**{}**", number_text(whole)), "**100 %**"});
  std::string text = md_table({"Phase", "Seconds", "Share"}, rows) +
                     "\nSource: steady clock of this host, from the incident on.\n";
  const Reading rto = reading_of(drill, "rto");
  constexpr double rounding = 0.005;
  if (rto.kind == ReadingKind::measured && std::abs(rto.seconds - whole) > rounding) {
    text += fmt::format(
        "\n**The phases sum to {} s, the realized RTO is {} s: some time is not "
        "accounted for.**\n",
        number_text(whole), number_text(rto.seconds));
  }
  return text;
}

std::string chronicle_of(const DrillRecord& drill) {
  Rows rows;
  for (const InstantRecord& instant : drill.chronicle) {
    rows.push_back({md_cell(instant.name), md_cell(instant.time), md_cell(instant.clock),
        md_cell(instant.lsn), instant.timeline > 0 ? std::to_string(instant.timeline) : "-"});
  }
  return md_table({"Instant", "Time (UTC)", "Clock", "LSN", "Timeline"}, rows);
}

std::string alerts_of(const DrillRecord& drill) {
  if (drill.alerts.empty()) {
    return md_table({}, {});
  }
  Rows rows;
  for (const AlertRecord& alert : drill.alerts) {
    rows.push_back({md_code(alert.name), md_cell(alert.level), md_cell(alert.time),
        md_cell(alert.observed), md_cell(alert.limit)});
  }
  return md_table({"Alert", "Level", "Time (UTC)", "Observed", "Bound"}, rows) +
         "\nSource: marks of the backups, the archive and the storage, by the clock of this "
         "host.\n";
}

std::string loss_of(const DrillRecord& drill) {
  if (!drill.ledger.has_value()) {
    return "NOT MEASURED: the drill kept no ledger of acknowledged commits.\n";
  }
  const LedgerRecord& ledger = *drill.ledger;
  const std::string client = "ledger of the clients";
  const std::string compared = "ledger against restored rows";
  return md_table({"Commits", "Count", "Meaning", "Source"},
      {{"**lost**", std::to_string(ledger.lost),
           "acknowledged before the incident, absent after the restore", compared},
          {"discarded", std::to_string(ledger.discarded),
              "acknowledged after the incident, given up by the restore", compared},
          {"in doubt", std::to_string(ledger.in_doubt), "sent, and no answer came", client},
          {"phantom", std::to_string(ledger.phantom),
              "failed or sent after the marker, yet present", compared},
          {"acknowledged", std::to_string(ledger.acknowledged), "the server said so", client},
          {"acknowledged before the marker", std::to_string(ledger.acknowledged_before_marker),
              "must all be there", client},
          {"failed", std::to_string(ledger.failed), "the server refused", client},
          {"invoked", std::to_string(ledger.invoked), "sent by the clients", client}});
}

std::string recovery_of(const DrillRecord& drill) {
  if (!drill.recovery.has_value()) {
    return md_table({}, {});
  }
  const RecoveryRecord& recovery = *drill.recovery;
  const auto known = [](std::int64_t number) { return number > 0 ? std::to_string(number) : "-"; };
  Rows rows{{"Recovery was told to stop at", md_cell(recovery.target), "the drill's own request"},
      {"Why it ended", md_cell(recovery.ending), "log of the restored server"},
      {"Stopped at (LSN)", md_cell(recovery.stopped_at), "log of the restored server"},
      {"Timeline before and after",
          fmt::format("{} -> {}", known(recovery.timeline_before), known(recovery.timeline_after)),
          "the servers"},
      {"WAL segments served", std::to_string(recovery.segments_served), "the archive"},
      {"Last WAL segment", md_cell(recovery.last_segment), "the archive"}};
  if (drill.high_water_mark) {
    const HighWaterMarkRecord& mark = *drill.high_water_mark;
    rows.push_back({"High-water mark (LSN)", md_cell(mark.lsn), "the source's WAL"});
    rows.push_back({"High-water mark, segment", md_cell(mark.segment), "the archive"});
    rows.push_back({"SHA-256 of that segment", md_code(mark.sha256), "the archive"});
    rows.push_back(
        {"Commits from the backup to there", std::to_string(mark.commits), "the archived WAL"});
  }
  return md_table({"Field", "Value", "Source"}, rows);
}

std::string evidence_of(const DrillRecord& drill) {
  Rows rows;
  for (const EvidenceRecord& evidence : drill.evidence) {
    rows.push_back(
        {md_code(evidence.name), md_code(evidence.sha256), std::to_string(evidence.bytes)});
  }
  return md_table({"File", "SHA-256", "Bytes"}, rows) +
         "\nSource: the files themselves, as left.\n";
}

std::string facts_of(const DrillRecord& drill) {
  Rows rows;
  for (const auto& [name, value] : drill.facts) {
    rows.push_back({md_cell(name), md_cell(value)});
  }
  return md_table({"Fact", "Value"}, rows) + "\nSource: the drill and the servers it started.\n";
}

std::string issues_of(const DrillRecord& drill) {
  std::string text;
  if (const std::string doubt = doubt_of(drill); !doubt.empty()) {
    text += "- NOT PROVEN: " + md_text(doubt) + "\n";
  }
  for (std::size_t i = 0; i < drill.findings.size(); ++i) {
    const Finding& finding = drill.findings[i];
    if (finding.verdict == Verdict::met) {
      for (const std::string& note : finding.details) {
        text += "- Note: " + md_text(note) + "\n";
      }
      continue;
    }
    text +=
        fmt::format("- {}: {} ({})\n", headline_of(finding.verdict), md_text(sentence_of(finding)),
            md_code(fmt::format("{}:{}", drill.file, line_of_finding(drill, i))));
    for (const std::string& detail : finding.details) {
      text += "  - " + md_text(detail) + "\n";
    }
  }
  for (const ObjectiveRecord& objective : untold_objectives(drill)) {
    if (objective.verdict != Verdict::met) {
      text += fmt::format(
          "- {}: {}\n", headline_of(objective.verdict), md_text(sentence_of(drill, objective)));
    }
  }
  for (const std::string& warning : drill.warnings) {
    text += "- Warning: " + md_text(warning) + "\n";
  }
  return text.empty() ? "None.\n" : text;
}

std::string follow_up_list(const RunRecord& record, const DrillRecord& drill) {
  std::string text;
  const auto or_blank = [](const std::string& known) {
    return known.empty() ? std::string{blank} : md_text(known);
  };
  for (const FollowUp& follow_up : follow_ups_of(record, drill)) {
    text += fmt::format("- [ ] {}: {} (owner: {}, due: {})\n", md_code(follow_up.subject),
        md_text(follow_up.what), or_blank(follow_up.owner), or_blank(follow_up.due));
  }
  return text.empty() ? "None from the findings of this drill.\n" : text;
}

}  // namespace

std::string markdown_of_drill(const RunRecord& record, const DrillRecord& drill) {
  std::string text =
      fmt::format("## {}: {}\n\n", headline_of(verdict_of(drill)), md_text(drill.scenario));
  text += fmt::format("Case {} at {}, status: {}.\n\n", md_code(drill.suite + "." + drill.test),
      md_code(fmt::format("{}:{}", drill.file, drill.line)), md_text(drill.status));
  text += head_table(record, drill);
  text += section("Steps followed", steps_of(drill));
  text += section("Validation results", results_of(drill));
  text += section("Phases of the recovery", phases_of(drill));
  text += section("Chronicle", chronicle_of(drill));
  text += section("Alerts", alerts_of(drill));
  text += section("Data loss", loss_of(drill));
  text += section("Recovery ending", recovery_of(drill));
  text += section("Evidence", evidence_of(drill));
  text += section("Facts", facts_of(drill));
  text += section("Issues encountered", issues_of(drill));
  return text + section("Follow-up actions", follow_up_list(record, drill));
}

}  // namespace pgrehearse
