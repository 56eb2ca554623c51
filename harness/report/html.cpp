#include "harness/report/html.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "harness/report/follow_ups.hpp"
#include "harness/report/html_drill.hpp"
#include "harness/report/html_objectives.hpp"
#include "harness/report/html_page.hpp"
#include "harness/report/html_proof.hpp"
#include "harness/report/html_text.hpp"
#include "harness/report/kill_score.hpp"
#include "harness/report/reading.hpp"
#include "harness/report/scope.hpp"
#include "harness/report/verdict_sentence.hpp"

namespace pgrehearse {
namespace {

std::string section(const char* id, const char* title, const std::string& body) {
  return body.empty() ? std::string{}
                      : fmt::format(
                            "<section id=\"{0}\" aria-labelledby=\"h-{0}\">\n<h2 "
                            "id=\"h-{0}\">{1}</h2>\n{2}</section>\n",
                            id, title, body);
}

std::string day_of(const std::string& instant) {
  constexpr std::size_t day = 10;
  return instant.substr(0, day);
}

// Of a trial only what did not go as it had to is told at length.
bool has_section(const DrillRecord& drill) {
  const Fate fate = fate_of(drill);
  return !is_on_trial(drill) ||
         (fate != Fate::killed && fate != Fate::twin_green && fate != Fate::not_applicable);
}

std::string header_of(const RunRecord& record) {
  const Verdict verdict = verdict_of(record);
  std::string html = fmt::format(
      "<header class=\"{}\">\n<p class=\"kicker\">Restore drill record, {}</p>\n<h1>{} "
      "<span>{}</span></h1>\n<p class=\"quiet\">Run {}. Postgres {} on {}.</p>\n",
      html_class(verdict), html_text(day_of(record.begin)), html_verdict(verdict),
      html_text(verdict_sentence(record)), html_name(record.run_id),
      html_text(record.server_version.empty() ? "?" : record.server_version),
      html_text(record.engine.empty() ? "no engine" : record.engine));
  if (!record.leftovers.empty()) {
    html += "<p>Could not be removed, and must be removed by hand:</p>\n<ul>\n";
    for (const std::string& leftover : record.leftovers) {
      html += "<li>" + html_code(leftover) + "</li>\n";
    }
    html += "</ul>\n";
  }
  return html + "</header>\n";
}

std::string next_steps_of(const RunRecord& record) {
  HtmlTable table{.caption = "Gaps that this run found",
      .heads = {"Found in", "Check", "What to do", "Owner", "Due", "Verdict"}};
  const auto or_blank = [](const std::string& text) {
    return text.empty() ? std::string{"<span class=\"blank\">to be filled in</span>"}
                        : html_text(text);
  };
  for (std::size_t i = 0; i < record.drills.size(); ++i) {
    const DrillRecord& drill = record.drills[i];
    if (!has_section(drill)) {
      continue;
    }
    for (const FollowUp& follow_up : follow_ups_of(record, drill)) {
      table.rows.push_back(
          {fmt::format("<a href=\"#drill-{}\">{}</a>", i + 1, html_text(words_of_case(drill.test))),
              html_name(follow_up.subject), html_text(follow_up.what), or_blank(follow_up.owner),
              or_blank(follow_up.due),
              follow_up.verdict == Verdict::met ? std::string{"a warning"}
                                                : html_verdict(follow_up.verdict)});
    }
  }
  return table.rows.empty() ? std::string{} : html_table(table);
}

std::string drills_table(const RunRecord& record) {
  HtmlTable table{.caption = "Drills of this run",
      .heads = {"Drill", "Scenario", "RTO", "RPO", "Lost", "Verdict"}};
  for (std::size_t i = 0; i < record.drills.size(); ++i) {
    const DrillRecord& drill = record.drills[i];
    if (is_on_trial(drill)) {
      continue;
    }
    const auto achieved = [&](const char* objective) {
      const Reading reading = reading_of(drill, objective);
      return html_text(reading.kind == ReadingKind::measured
                           ? duration_words(reading.seconds)
                           : std::string{words_for(reading.kind)});
    };
    table.rows.push_back(
        {fmt::format("<a href=\"#drill-{}\">{}</a>", i + 1, html_text(words_of_case(drill.test))),
            html_text(drill.scenario), achieved("rto"), achieved("rpo"),
            drill.ledger ? std::to_string(drill.ledger->lost) : std::string{"NOT MEASURED"},
            html_verdict(verdict_of(drill))});
  }
  return table.rows.size() < 2 ? std::string{} : html_table(table);
}

std::string drills_of(const RunRecord& record) {
  std::string html;
  for (std::size_t i = 0; i < record.drills.size(); ++i) {
    const DrillRecord& drill = record.drills[i];
    if (has_section(drill)) {
      const bool open = record.drills.size() == 1;
      html += html_drill(record, drill, i + 1, open);
    }
  }
  return html;
}

std::string scope_list(const RunRecord& record) {
  std::string html;
  for (const std::string& sentence : scope_of(record)) {
    html += "<li>" + html_text(sentence) + "</li>\n";
  }
  return "<ul class=\"scope\">\n" + html + "</ul>\n";
}

std::string run_of(const RunRecord& record) {
  const std::string person = record.operator_name.empty()
                                 ? std::string{"<span class=\"blank\">to be signed</span>"}
                                 : html_text(record.operator_name);
  std::string html = html_pairs({{"Run", html_name(record.run_id)},
      {"Program", html_text("pgrehearse " + record.tool_version)},
      {"Began (UTC)", html_text(record.begin)},
      {"Ended (UTC)", record.end.empty() ? "not ended" : html_text(record.end)},
      {"Operator", person}, {"Reviewer", "<span class=\"blank\">to be signed</span>"},
      {"Host", html_text(record.host)}, {"Engine", html_text(record.engine)},
      {"Why this engine", html_text(record.engine_reason)},
      {"Server", html_text(record.server_version)},
      {"Exit status", record.exit_status < 0 ? "none yet" : std::to_string(record.exit_status)}});
  HtmlTable table{
      .caption = "Settings and where each came from", .heads = {"Setting", "Value", "Source"}};
  for (const SettingRecord& setting : record.settings) {
    table.rows.push_back(
        {html_text(setting.name), html_code(setting.value), html_text(setting.source)});
  }
  return html + "<details class=\"more\"><summary>Settings</summary>\n" + html_table(table) +
         "</details>\n";
}

// Said once for all drills; each number that can be missing names its source beside itself as well.
std::string sources() {
  return html_pairs({{"RTO and phases",
                         "steady clock of this host, from the incident to the first write that was "
                         "read back through the application"},
      {"RPO", "ledger of the clients against the restored rows, by commit timestamp of the server"},
      {"Lost, discarded, phantom", "ledger of the clients against the restored rows"},
      {"Instants", "the clock that stands beside each"},
      {"Facts compared", "catalogs and contents of the source at the marker, kept outside of it"},
      {"Recovery ending", "log, control data, timeline and served segments of the restored server"},
      {"Everything here",
          "<code>record.json</code> beside this file; nothing is computed apart from "
          "it"}});
}

}  // namespace

std::string render_html(const RunRecord& record) {
  const std::string title = fmt::format(
      "{}: restore drill record {}", headline_of(verdict_of(record)), day_of(record.begin));
  std::string body = "<a class=\"skip\" href=\"#main\">Skip to the report</a>\n" +
                     header_of(record) + "<main id=\"main\">\n";
  body += section("objectives", "Objectives",
      record.drills.size() == 1 && !is_on_trial(record.drills.front())
          ? html_objectives(record.drills.front())
          : html_worst_objectives(record));
  body += section("next", "What to do next", next_steps_of(record));
  body += section("drills", "Drills", drills_table(record) + drills_of(record));
  body += section("proof", "The drill on trial", html_proof(record));
  body += section("scope", "What this run proved, and what it did not", scope_list(record));
  body += section("sources", "Where the numbers come from", sources());
  body += section("run", "The run", run_of(record));
  return html_page(title, body + "</main>\n");
}

}  // namespace pgrehearse
