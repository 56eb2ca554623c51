#include "harness/report/html_objectives.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "harness/report/html_text.hpp"
#include "harness/report/kill_score.hpp"
#include "harness/report/reading.hpp"

namespace pgrehearse {
namespace {

// The bound is a line; what was achieved is a bar that stays before it or goes past it.
std::string bar(const Reading& reading) {
  if (reading.kind != ReadingKind::measured || !reading.bound_seconds.has_value() ||
      !(*reading.bound_seconds > 0)) {
    return {};
  }
  const double whole = std::max(reading.seconds, *reading.bound_seconds);
  return fmt::format(
      "<svg class=\"bar {}\" aria-hidden=\"true\" width=\"100%\" height=\"14\"><rect "
      "class=\"ground\" "
      "y=\"3\" width=\"100%\" height=\"8\"/><rect class=\"fill\" y=\"3\" width=\"{:.2f}%\" "
      "height=\"8\"/><rect class=\"bound\" x=\"{:.2f}%\" width=\"2\" height=\"14\"/></svg>\n",
      html_class(reading.verdict), std::clamp(100 * reading.seconds / whole, 0.5, 100.0),
      std::min(100 * *reading.bound_seconds / whole, 99.2));
}

std::string_view meaning_of(std::string_view objective) {
  return objective == "rto" ? "RTO, time until the application wrote again"
                            : "RPO, time for which acknowledged work is lost";
}

std::string card(std::string_view objective, const Reading& reading, const std::string& about) {
  const bool measured = reading.kind == ReadingKind::measured;
  const std::string value =
      measured ? duration_words(reading.seconds) : std::string{words_for(reading.kind)};
  const std::string bound = reading.bound_seconds ? (measured ? "of at most " : "at most ") +
                                                        duration_words(*reading.bound_seconds)
                                                  : "no bound set";
  const std::string source =
      measured ? "Source: " + reading.source
      : reading.kind == ReadingKind::not_achieved
          ? std::string{"The restored cluster was not proven good, so no recovery time counts."}
          : std::string{"No traceable measurement."};
  const std::string verdict = reading.bound_seconds ? html_verdict(reading.verdict)
                              : measured            ? std::string{"<span>measured</span>"}
                                                    : html_verdict(Verdict::unknown);
  return fmt::format(
      "<li class=\"card {}\"><p class=\"label\">{}</p><p class=\"value\"><strong>{}</strong> "
      "<span>{}</span></p>\n{}<p class=\"verdict-line\">{}</p>\n<p "
      "class=\"source\">{}{}</p></li>\n",
      html_class(reading.bound_seconds ? reading.verdict : Verdict::unknown), meaning_of(objective),
      html_text(value), html_text(bound), bar(reading), verdict, about, html_text(source));
}

std::string loss_card(const DrillRecord& drill) {
  if (!drill.ledger) {
    return "<li class=\"card\"><p class=\"label\">Acknowledged commits lost</p><p "
           "class=\"value\"><strong>NOT MEASURED</strong></p><p class=\"source\">The drill kept no "
           "ledger of acknowledged commits.</p></li>\n";
  }
  const LedgerRecord& ledger = *drill.ledger;
  return fmt::format(
      "<li class=\"card\"><p class=\"label\">Acknowledged commits lost</p><p "
      "class=\"value\"><strong>{}</strong> <span>of {}</span></p><p>{} more came after the "
      "incident "
      "and were given up with it; {} phantom.</p><p class=\"source\">Source: ledger of the clients "
      "against restored rows</p></li>\n",
      ledger.lost, ledger.acknowledged, ledger.discarded, ledger.phantom);
}

/// Greater is worse.
double badness(const Reading& reading) {
  if (reading.kind != ReadingKind::measured) {
    return 0;
  }
  return reading.bound_seconds && *reading.bound_seconds > 0
             ? reading.seconds / *reading.bound_seconds
             : reading.seconds / 1e9;
}

bool worse(const Reading& left, const Reading& right) {
  return left.verdict != right.verdict ? left.verdict > right.verdict
                                       : badness(left) > badness(right);
}

std::string worst_card(const RunRecord& record, std::string_view objective) {
  const DrillRecord* worst = nullptr;
  Reading reading;
  std::size_t measured = 0;
  std::size_t drills = 0;
  for (const DrillRecord& drill : record.drills) {
    if (is_on_trial(drill)) {
      continue;
    }
    ++drills;
    const Reading here = reading_of(drill, objective);
    measured += here.kind == ReadingKind::measured ? 1U : 0U;
    if (worst == nullptr || worse(here, reading)) {
      worst = &drill;
      reading = here;
    }
  }
  if (worst == nullptr) {
    return {};
  }
  const auto number = static_cast<std::size_t>(worst - record.drills.data()) + 1;
  return card(objective, reading,
      fmt::format("{}: <a href=\"#drill-{}\">{}</a>. Measured in {} of {} drills. ",
          drills > 1 ? "Worst" : "Drill", number, html_text(words_of_case(worst->test)), measured,
          drills));
}

}  // namespace

std::string html_objectives(const DrillRecord& drill) {
  return "<ul class=\"cards\">\n" + card("rto", reading_of(drill, "rto"), "") +
         card("rpo", reading_of(drill, "rpo"), "") + loss_card(drill) + "</ul>\n";
}

std::string html_worst_objectives(const RunRecord& record) {
  const std::string cards = worst_card(record, "rto") + worst_card(record, "rpo");
  return cards.empty() ? cards : "<ul class=\"cards\">\n" + cards + "</ul>\n";
}

}  // namespace pgrehearse
