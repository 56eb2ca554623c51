#include "harness/report/html_proof.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "harness/report/html_text.hpp"
#include "harness/report/kill_score.hpp"
#include "harness/report/scope.hpp"

namespace pgrehearse {
namespace {

Verdict shape_of(Fate fate) {
  switch (fate) {
    case Fate::killed:
    case Fate::twin_green:
      return Verdict::met;
    case Fate::survived:
    case Fate::twin_red:
      return Verdict::missed;
    case Fate::unknown:
    case Fate::not_applicable:
      return Verdict::unknown;
  }
  return Verdict::unknown;
}

std::string kill_table(const RunRecord& record) {
  std::map<std::string, std::vector<std::string>> tried;
  std::map<std::string, Verdict> worst_of;
  for (const DrillRecord& drill : record.drills) {
    if (!is_on_trial(drill)) {
      continue;
    }
    const Fate fate = fate_of(drill);
    const std::string check = !drill.on_trial.empty() ? drill.on_trial
                              : fate == Fate::twin_green || fate == Fate::twin_red
                                  ? "healthy twins"
                                  : "no single check";
    if (fate != Fate::not_applicable) {
      worst_of[check] = worst(worst_of[check], shape_of(fate));
    }
    const bool as_it_should = shape_of(fate) == Verdict::met;
    tried[check].push_back(fmt::format("<li>{}{}</li>", html_text(words_of_case(drill.test)),
        as_it_should ? "" : " " + html_badge(shape_of(fate), name_of(fate))));
  }
  HtmlTable table{.caption = "Each check, and the broken drills that it had to notice",
      .heads = {"Check", "Sabotages", "How many", "Verdict"}};
  for (const auto& [check, sabotages] : tried) {
    std::string list;
    for (const std::string& sabotage : sabotages) {
      list += sabotage;
    }
    table.rows.push_back({html_name(check), "<ul>" + list + "</ul>",
        std::to_string(sabotages.size()), html_verdict(worst_of[check])});
  }
  return html_table(table);
}

std::string names(const std::string& title, const std::vector<std::string>& cases, bool open) {
  if (cases.empty()) {
    return {};
  }
  std::string items;
  for (const std::string& name : cases) {
    items += "<li>" + html_name(name) + "</li>\n";
  }
  return fmt::format(
      "<details class=\"more\"{}><summary>{} {}</summary>\n<ul "
      "class=\"columns\">\n{}</ul>\n</details>\n",
      open ? " open" : "", cases.size(), title, items);
}

std::string score(const KillScore& score) {
  const std::size_t judged = score.killed + score.survived + score.unknown;
  return fmt::format(
      "<p><strong>Kill score {} of {}</strong>: {} killed, {} survived, {} unknown, {} not "
      "applicable. Healthy twins: {} green, {} red.</p>\n",
      score.killed, judged, score.killed, score.survived, score.unknown, score.not_applicable,
      score.twins_green, score.twins_red);
}

}  // namespace

std::string html_proof(const RunRecord& record) {
  if (std::any_of(record.drills.begin(), record.drills.end(), is_on_trial)) {
    return score(kill_score_of(record)) + kill_table(record);
  }
  std::string html = fmt::format("<p>{}</p>\n", html_text(trial_sentence(record) + "."));
  if (!record.proof) {
    return html;
  }
  const ProofRecord& proof = *record.proof;
  html += names("survived or raised a false alarm", proof.survived, true);
  html += names("unknown", proof.unknown, true);
  html += names("killed", proof.killed, false);
  html += names("not applicable", proof.not_applicable, false);
  return html +
         html_pairs({{"Trial", html_name(proof.run_id)}, {"Ended (UTC)", html_text(proof.when)},
             {"Engine", html_text(proof.engine_kind)},
             {"Program, SHA-256", html_code(proof.program_sha256)},
             {"Configuration, SHA-256", html_code(proof.configuration_sha256)}});
}

}  // namespace pgrehearse
