#include "harness/report/html_drill.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "harness/report/html_objectives.hpp"
#include "harness/report/html_text.hpp"
#include "harness/report/html_timeline.hpp"
#include "harness/report/kill_score.hpp"
#include "harness/report/next_step.hpp"
#include "harness/report/reading.hpp"
#include "harness/report/verdict_sentence.hpp"
#include "harness/report/xml_text.hpp"

namespace pgrehearse {
namespace {

std::string section(std::string_view title, const std::string& body) {
  return body.empty() ? std::string{}
                      : fmt::format("<section>\n<h4>{}</h4>\n{}</section>\n", title, body);
}

// What few people want to see at once.
std::string folded(const std::string& title, const std::string& body) {
  return fmt::format(
      "<details class=\"more\"><summary>{}</summary>\n{}</details>\n", html_text(title), body);
}

std::string list_of(const std::vector<std::string>& lines) {
  constexpr std::size_t at_once = 8;
  std::string items;
  std::string rest;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    (i < at_once ? items : rest) += "<li>" + html_text(lines[i]) + "</li>\n";
  }
  std::string html = items.empty() ? items : "<ul>\n" + items + "</ul>\n";
  if (!rest.empty()) {
    html += folded(fmt::format("{} more", lines.size() - at_once), "<ul>\n" + rest + "</ul>\n");
  }
  return html;
}

std::vector<std::string> row_of(const Finding& finding) {
  return {html_name(finding.check), html_text(finding.question), html_text(finding.expected),
      html_text(finding.observed) + list_of(finding.details), html_verdict(finding.verdict)};
}

std::string findings_of(const DrillRecord& drill) {
  const std::vector<std::string> heads{"Check", "Question", "Expected", "Observed", "Verdict"};
  HtmlTable red{.caption = "Answers that were not the expected ones", .heads = heads};
  HtmlTable green{.caption = "Answers as expected", .heads = heads};
  for (const Finding& finding : drill.findings) {
    (finding.verdict == Verdict::met ? green : red).rows.push_back(row_of(finding));
  }
  for (const ObjectiveRecord& objective : untold_objectives(drill)) {
    const Reading reading = reading_of(drill, objective.name);
    HtmlTable& table = objective.verdict == Verdict::met ? green : red;
    table.rows.push_back({html_name(objective.name),
        objective.name == "rto" ? "is the service back in time?" : "is the loss within its bound?",
        objective.bound_seconds ? "at most " + html_text(duration_words(*objective.bound_seconds))
                                : std::string{"no bound recorded"},
        reading.kind == ReadingKind::measured ? html_text(duration_words(reading.seconds))
                                              : std::string{words_for(reading.kind)},
        html_verdict(objective.verdict)});
  }
  std::string html;
  if (red.rows.empty() && green.rows.empty()) {
    return "<p>Nothing was asked.</p>\n";
  }
  if (!red.rows.empty()) {
    html += html_table(red);
  }
  constexpr std::size_t shown_at_once = 8;
  if (green.rows.size() <= shown_at_once && !green.rows.empty()) {
    html += html_table(green);
  } else if (!green.rows.empty()) {
    html += folded(
        fmt::format("{} questions answered as expected", green.rows.size()), html_table(green));
  }
  return html;
}

std::string next_steps_of(const DrillRecord& drill) {
  std::string items;
  const auto add = [&](const std::string& check, Verdict verdict) {
    items +=
        fmt::format("<li>{}: {}</li>\n", html_name(check), html_text(next_step(check, verdict)));
  };
  for (const Finding& finding : drill.findings) {
    if (finding.verdict != Verdict::met) {
      add(finding.check, finding.verdict);
    }
  }
  for (const ObjectiveRecord& objective : untold_objectives(drill)) {
    if (objective.verdict != Verdict::met) {
      add(objective.name, objective.verdict);
    }
  }
  return items.empty() ? items : "<ul>\n" + items + "</ul>\n";
}

std::string mark_of(const DrillRecord& drill) {
  if (!drill.high_water_mark) {
    return {};
  }
  const HighWaterMarkRecord& mark = *drill.high_water_mark;
  return html_pairs({{"High-water mark (LSN)", html_code(mark.lsn)},
      {"In segment", html_name(mark.segment)}, {"SHA-256 of it", html_code(mark.sha256)},
      {"Commits from the backup to there", std::to_string(mark.commits)}});
}

std::string recovery_of(const DrillRecord& drill) {
  if (!drill.recovery) {
    return {};
  }
  const RecoveryRecord& recovery = *drill.recovery;
  const auto known = [](std::int64_t number) { return number > 0 ? std::to_string(number) : "-"; };
  const auto found = std::find_if(drill.findings.begin(), drill.findings.end(),
      [](const Finding& finding) { return finding.check == "recovery-ending"; });
  const std::string judged =
      found == drill.findings.end()
          ? std::string{}
          : fmt::format("<p>{} {}</p>\n", html_verdict(found->verdict), html_text(found->observed));
  return judged + mark_of(drill) +
         html_pairs({{"Told to stop at", html_text(recovery.target)},
             {"Why it ended", "<strong>" + html_text(recovery.ending) + "</strong>"},
             {"Stopped at (LSN)", html_code(recovery.stopped_at)},
             {"Timeline before, after",
                 known(recovery.timeline_before) + ", " + known(recovery.timeline_after)},
             {"WAL segments served", std::to_string(recovery.segments_served)},
             {"Last segment", html_name(recovery.last_segment)}}) +
         "<p class=\"source\">Sources: the archive, the drill's own request, the restored server's "
         "log, "
         "control data and timeline, the list of segments served.</p>\n";
}

std::string loss_of(const DrillRecord& drill) {
  if (!drill.ledger) {
    return "<p>NOT MEASURED: the drill kept no ledger of acknowledged commits.</p>\n";
  }
  const LedgerRecord& ledger = *drill.ledger;
  HtmlTable table{.caption = "Commits, from the clients' ledger and the restored rows",
      .heads = {"Commits", "Count", "Meaning"}};
  const auto add = [&](const char* name, std::int64_t count, const char* meaning) {
    table.rows.push_back({name, std::to_string(count), meaning});
  };
  add("lost", ledger.lost, "acknowledged before the incident, absent after the restore");
  add("discarded", ledger.discarded, "acknowledged after the incident, given up by the restore");
  add("in doubt", ledger.in_doubt, "sent, and no answer came");
  add("phantom", ledger.phantom, "failed or sent after the marker, yet present");
  add("acknowledged", ledger.acknowledged, "the server said so");
  add("before the marker", ledger.acknowledged_before_marker, "must all be there");
  add("failed", ledger.failed, "the server refused");
  add("invoked", ledger.invoked, "sent by the clients");
  return html_table(table);
}

std::string steps_of(const DrillRecord& drill) {
  std::string html;
  for (const StepRecord& step : drill.steps) {
    const bool done = step.outcome == "done";
    html += fmt::format("<li>{} <span class=\"quiet\">{}{}</span>{}</li>\n", html_text(step.title),
        html_text(duration_words(step.seconds)), done ? "" : ", " + html_text(step.outcome),
        step.error.empty() ? "" : "<br><strong>" + html_text(step.error) + "</strong>");
  }
  return html.empty() ? html
                      : folded(fmt::format("{} steps", drill.steps.size()),
                            "<ol class=\"steps\">\n" + html + "</ol>\n");
}

std::string alerts_of(const DrillRecord& drill) {
  HtmlTable table{.caption = "Alerts raised, by the clock of this host",
      .heads = {"Alert", "Level", "Time (UTC)", "Observed", "Bound"}};
  for (const AlertRecord& alert : drill.alerts) {
    table.rows.push_back({html_name(alert.name), html_text(alert.level), html_text(alert.time),
        html_text(alert.observed), html_text(alert.limit)});
  }
  return table.rows.empty()
             ? std::string{}
             : folded(fmt::format("{} alerts", table.rows.size()), html_table(table));
}

std::string evidence_of(const DrillRecord& drill) {
  HtmlTable table{.caption = "Files beside this report", .heads = {"File", "Bytes", "SHA-256"}};
  for (const EvidenceRecord& file : drill.evidence) {
    table.rows.push_back(
        {html_name(file.name), std::to_string(file.bytes), html_code(file.sha256)});
  }
  return table.rows.empty()
             ? std::string{}
             : folded(fmt::format("{} files of evidence", table.rows.size()), html_table(table));
}

std::string circumstances_of(const RunRecord& record, const DrillRecord& drill) {
  std::vector<std::vector<std::string>> pairs{{"Subject", html_text(drill.subject)},
      {"Backup", html_text(drill.backup)}, {"Marker taken", html_text(drill.marker_mode)},
      {"Began (UTC)", html_text(drill.begin)}, {"Ended (UTC)", html_text(drill.end)},
      {"Took", drill.end.empty() ? "-" : html_text(duration_words(drill.seconds))},
      {"Engine", html_text(record.engine)}, {"Server", html_text(record.server_version)},
      {"Scenario", html_name(fmt::format("{}:{}", drill.file, drill.line))}};
  for (const auto& [name, value] : drill.facts) {
    pairs.push_back({html_text(name), html_text(value)});
  }
  return folded("Circumstances", html_pairs(pairs));
}

std::string body_of(const RunRecord& record, const DrillRecord& drill, std::size_t number) {
  std::string html;
  if (!drill.error.empty()) {
    html += fmt::format("<pre>{}</pre>\n", xml_text(drill.error));
  }
  const bool on_trial = is_on_trial(drill);
  // Of a run's only drill they stand at the top of the page already.
  html += on_trial || record.drills.size() == 1 ? "" : html_objectives(drill);
  html += section("What to do next", next_steps_of(drill));
  html += section("When it happened", html_timeline(drill, number));
  html += section("What was compared", findings_of(drill));
  html += section("Why recovery ended", recovery_of(drill));
  html += on_trial ? "" : section("What was lost", loss_of(drill));
  return html + section("More", list_of(drill.warnings) + steps_of(drill) + alerts_of(drill) +
                                    evidence_of(drill) + circumstances_of(record, drill));
}

}  // namespace

std::string html_drill(
    const RunRecord& record, const DrillRecord& drill, std::size_t number, bool open) {
  const Verdict verdict = verdict_of(drill);
  return fmt::format(
      "<details class=\"drill {}\" id=\"drill-{}\"{}>\n<summary><h3>{} {}</h3><span "
      "class=\"quiet\">{}</span><span class=\"sentence\">{}</span></summary>\n{}</details>\n",
      html_class(verdict), number, open ? " open" : "", html_verdict(verdict),
      html_text(words_of_case(drill.test)), html_name(drill.suite + "." + drill.test),
      html_text(verdict_sentence(drill)), body_of(record, drill, number));
}

}  // namespace pgrehearse
