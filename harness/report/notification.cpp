#include "harness/report/notification.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "harness/report/reading.hpp"
#include "harness/report/verdict_sentence.hpp"
#include "harness/report/xml_text.hpp"

namespace pgrehearse {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_told = 20;

std::vector<std::string> red_checks(const DrillRecord& drill) {
  std::vector<std::string> names;
  for (const Finding& finding : drill.findings) {
    if (finding.verdict != Verdict::met) {
      names.push_back(plain_line(finding.check));
    }
  }
  for (const ObjectiveRecord& objective : untold_objectives(drill)) {
    if (objective.verdict != Verdict::met) {
      names.push_back(plain_line(objective.name));
    }
  }
  return names;
}

std::vector<const DrillRecord*> red_drills(const RunRecord& record) {
  std::vector<const DrillRecord*> red;
  for (const DrillRecord& drill : record.drills) {
    if (verdict_of(drill) != Verdict::met && drill.status != "not applicable") {
      red.push_back(&drill);
    }
  }
  return red;
}

std::string case_name(const DrillRecord& drill) {
  return plain_line(drill.suite + "." + drill.test);
}

// Slack's own three: https://api.slack.com, "Escaping text". Its other markup begins with these or
// with marks that a name has no use for.
std::string slack_text(std::string_view raw) {
  std::string text;
  for (const char c : plain_line(raw)) {
    text += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  }
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '*' || c == '`' || c == '~'; }, '\'');
  return text;
}

}  // namespace

std::string notification_of(const RunRecord& record) {
  const auto count = [&](Verdict verdict) {
    return std::count_if(record.drills.begin(), record.drills.end(),
        [&](const DrillRecord& drill) { return verdict_of(drill) == verdict; });
  };
  Json red = Json::array();
  for (const DrillRecord* drill : red_drills(record)) {
    if (red.size() < most_told) {
      red.push_back({{"case", case_name(*drill)}, {"verdict", name_of(verdict_of(*drill))},
          {"checks", red_checks(*drill)}});
    }
  }
  const Json message{{"tool", "pgrehearse"}, {"run_id", plain_line(record.run_id)},
      {"verdict", name_of(verdict_of(record))}, {"exit_status", record.exit_status},
      {"sentence", verdict_sentence(record)},
      {"drills", {{"met", count(Verdict::met)}, {"missed", count(Verdict::missed)},
                     {"unknown", count(Verdict::unknown)}}},
      {"red", red}};
  return message.dump(2) + "\n";
}

std::string slack_message_of(const RunRecord& record) {
  const std::string head =
      fmt::format("{}: {}", headline_of(verdict_of(record)), verdict_sentence(record));
  std::string lines;
  const std::vector<const DrillRecord*> red = red_drills(record);
  for (std::size_t i = 0; i < std::min(red.size(), most_told); ++i) {
    const std::vector<std::string> checks = red_checks(*red[i]);
    lines += fmt::format("\n{} {}{}", headline_of(verdict_of(*red[i])), case_name(*red[i]),
        checks.empty() ? "" : ": " + joined(checks, ", "));
  }
  if (red.size() > most_told) {
    lines += fmt::format("\nand {} more", red.size() - most_told);
  }
  std::string body = "*" + slack_text(head) + "*";
  for (const std::string& line : lines_of(lines)) {
    body += line.empty() ? "" : "\n" + slack_text(line);
  }
  constexpr std::size_t most_of_a_block = 2900;  // Slack takes 3000 characters
  const Json message{{"text", slack_text(head)},
      {"blocks", Json::array(
                     {{{"type", "section"},
                          {"text", {{"type", "mrkdwn"}, {"text", at_most(body, most_of_a_block)}}}},
                         {{"type", "context"},
                             {"elements", Json::array({{{"type", "plain_text"},
                                              {"text", fmt::format("pgrehearse run {}",
                                                           plain_line(record.run_id))}}})}}})}};
  return message.dump() + "\n";
}

}  // namespace pgrehearse
