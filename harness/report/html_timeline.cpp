#include "harness/report/html_timeline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/time.hpp"
#include "harness/report/html_text.hpp"
#include "harness/report/reading.hpp"

namespace pgrehearse {
namespace {

/// An instant on the scale: seconds from the incident, or from the first instant when there is
/// none.
struct Placed {
  const InstantRecord* instant = nullptr;
  double at = 0;
  std::size_t lane = 0;
};

struct Scale {
  double begin = 0;
  double end = 1;

  /// Per cent of the picture's width, which is the screen's: text in it is never scaled.
  [[nodiscard]] double percent(double at) const {
    constexpr double edge = 4;
    return edge + (100 - 2 * edge) * (at - begin) / (end - begin);
  }
  [[nodiscard]] double width(double seconds) const {
    return percent(begin + seconds) - percent(begin);
  }
};

constexpr double lane_height = 24;
constexpr double band_height = 20;

std::optional<Timestamp> time_of(const InstantRecord& instant) {
  try {
    return Timestamp::parse(instant.time);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::vector<Placed> placed(const std::vector<InstantRecord>& chronicle) {
  std::vector<std::pair<const InstantRecord*, Timestamp>> known;
  for (const InstantRecord& instant : chronicle) {
    if (const std::optional<Timestamp> time = time_of(instant)) {
      known.emplace_back(&instant, *time);
    }
  }
  if (known.empty()) {
    return {};
  }
  const auto incident = std::find_if(known.begin(), known.end(),
      [](const auto& entry) { return entry.first->name == "incident"; });
  const Timestamp zero = (incident == known.end() ? known.begin() : incident)->second;
  std::vector<Placed> instants;
  instants.reserve(known.size());
  for (const auto& [instant, time] : known) {
    instants.push_back({instant, seconds_of(time - zero)});
  }
  std::stable_sort(instants.begin(), instants.end(),
      [](const Placed& left, const Placed& right) { return left.at < right.at; });
  return instants;
}

double positive(double seconds) {
  return std::isfinite(seconds) ? std::max(seconds, 0.0) : 0.0;
}

double whole_of(const std::vector<PhaseRecord>& phases) {
  double whole = 0;
  for (const PhaseRecord& phase : phases) {
    whole += positive(phase.seconds);
  }
  return whole;
}

Scale scale_of(const std::vector<Placed>& instants, const std::vector<PhaseRecord>& phases) {
  Scale scale{0, whole_of(phases)};
  if (!instants.empty()) {
    scale.begin = std::min(0.0, instants.front().at);
    scale.end = std::max(scale.end, instants.back().at);
  }
  scale.end = scale.end > scale.begin ? scale.end : scale.begin + 1;
  return scale;
}

// Numbers that would touch stand above each other; the last lane takes what no lane has room for.
std::size_t put_in_lanes(std::vector<Placed>& instants, const Scale& scale) {
  constexpr double apart = 8;  // per cent of a narrow screen, where a number is 22 pixels wide
  constexpr std::size_t most_lanes = 6;
  std::vector<double> last;
  for (Placed& instant : instants) {
    const double x = scale.percent(instant.at);
    const auto free =
        std::find_if(last.begin(), last.end(), [&](double end) { return end + apart <= x; });
    instant.lane = static_cast<std::size_t>(free - last.begin());
    if (free != last.end()) {
      *free = x;
    } else if (last.size() < most_lanes) {
      last.push_back(x);
    } else {
      instant.lane = most_lanes - 1;
    }
  }
  return last.size();
}

std::string signed_words(double seconds) {
  return (seconds < 0 ? "-" : seconds > 0 ? "+" : "") + duration_words(std::abs(seconds));
}

// 1, 2 or 5 times a power of ten, so that a narrow screen has room for them.
double tick_step(const Scale& scale) {
  const double raw = (scale.end - scale.begin) / 5;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (const double times : {1.0, 2.0, 5.0}) {
    if (raw <= times * power) {
      return times * power;
    }
  }
  return 10 * power;
}

std::string ticks(const Scale& scale, double top) {
  std::string svg;
  const double step = tick_step(scale);
  for (double at = std::ceil(scale.begin / step) * step; at <= scale.end; at += step) {
    const double x = scale.percent(at);
    if (x > 92) {
      break;  // its words would stand out of the picture
    }
    const double shown = std::abs(at) < step / 2 ? 0 : at;
    svg += fmt::format(
        "<line class=\"tick\" x1=\"{0:.2f}%\" x2=\"{0:.2f}%\" y1=\"{1}\" y2=\"{2}\"/>"
        "<text class=\"tick\" x=\"{0:.2f}%\" y=\"{3}\">{4}</text>\n",
        x, top, top + 5, top + 18, html_text(signed_words(shown)));
  }
  return svg;
}

std::string letter_of(std::size_t phase) {
  return std::string(1, static_cast<char>('a' + phase % 26));
}

std::string band(const std::vector<PhaseRecord>& phases, const Scale& scale, double top) {
  std::string svg;
  double at = 0;
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const double width = scale.width(positive(phases[i].seconds));
    svg += fmt::format(
        "<rect class=\"phase{}\" x=\"{:.2f}%\" y=\"{}\" width=\"{:.2f}%\" height=\"{}\"/>", i % 2,
        scale.percent(at), top, width, band_height);
    constexpr double room_for_a_letter = 4.5;
    if (width >= room_for_a_letter) {
      svg += fmt::format("<text class=\"letter{}\" x=\"{:.2f}%\" y=\"{}\">{}</text>", i % 2,
          scale.percent(at) + width / 2, top + 14.5, letter_of(i));
    }
    at += positive(phases[i].seconds);
  }
  return svg + "\n";
}

std::string description(
    const std::vector<Placed>& instants, const std::vector<PhaseRecord>& phases) {
  std::string text;
  for (const Placed& instant : instants) {
    text += fmt::format("{} at {}; ", instant.instant->name, signed_words(instant.at));
  }
  for (const PhaseRecord& phase : phases) {
    text += fmt::format("phase {} took {}; ", phase.name, duration_words(phase.seconds));
  }
  return text;
}

std::string picture(std::vector<Placed>& instants, const std::vector<PhaseRecord>& phases,
    const Scale& scale, std::size_t number) {
  const auto lanes = static_cast<double>(put_in_lanes(instants, scale));
  const double axis = lanes * lane_height + 8;
  const double band_top = axis + 24;
  const double height = phases.empty() ? axis + 24 : band_top + band_height + 4;
  std::string svg = fmt::format(
      "<svg class=\"timeline\" role=\"img\" aria-labelledby=\"t{0} d{0}\" width=\"100%\" "
      "height=\"{1}\"><title id=\"t{0}\">Timeline of the drill</title><desc "
      "id=\"d{0}\">{2}</desc>\n",
      number, height, html_text(description(instants, phases)));
  svg +=
      fmt::format("<line class=\"axis\" x1=\"{0:.2f}%\" x2=\"{1:.2f}%\" y1=\"{2}\" y2=\"{2}\"/>\n",
          scale.percent(scale.begin), scale.percent(scale.end), axis);
  svg += ticks(scale, axis);
  for (const Placed& instant : instants) {
    svg += fmt::format(
        "<line class=\"stem\" x1=\"{0:.2f}%\" x2=\"{0:.2f}%\" y1=\"{1}\" y2=\"{2}\"/>\n",
        scale.percent(instant.at), (lanes - static_cast<double>(instant.lane)) * lane_height - 12,
        axis);
  }
  for (std::size_t i = 0; i < instants.size(); ++i) {
    const double y = (lanes - static_cast<double>(instants[i].lane)) * lane_height - 12;
    const bool incident = instants[i].instant->name == "incident";
    svg += fmt::format(
        "<circle class=\"{}\" cx=\"{:.2f}%\" cy=\"{}\" r=\"10\"/>"
        "<text class=\"number{}\" x=\"{:.2f}%\" y=\"{}\">{}</text>\n",
        incident ? "incident" : "instant", scale.percent(instants[i].at), y,
        incident ? " incident" : "", scale.percent(instants[i].at), y + 4, i + 1);
  }
  return svg + band(phases, scale, band_top) + "</svg>\n";
}

std::string instants_table(const DrillRecord& drill, const std::vector<Placed>& instants) {
  HtmlTable table{.caption = "Chronicle: instants of the drill",
      .heads = {"Instant", "From the incident", "Time (UTC)", "Clock", "LSN", "Timeline"}};
  const auto row = [](const std::string& number, const InstantRecord& instant,
                       const std::string& offset) {
    return std::vector<std::string>{number + html_text(instant.name), html_text(offset),
        html_text(instant.time), html_text(instant.clock), html_code(instant.lsn),
        instant.timeline > 0 ? std::to_string(instant.timeline) : "-"};
  };
  for (std::size_t i = 0; i < instants.size(); ++i) {
    table.rows.push_back(row(fmt::format("<span class=\"key\">{}</span> ", i + 1),
        *instants[i].instant, signed_words(instants[i].at)));
  }
  for (const InstantRecord& instant : drill.chronicle) {
    if (!time_of(instant)) {
      table.rows.push_back(row("", instant, "-"));
    }
  }
  return html_table(table);
}

std::string phases_table(const std::vector<PhaseRecord>& phases) {
  HtmlTable table{.caption = "Phases of the recovery, by the steady clock of this host",
      .heads = {"Phase", "Share", "Time"}};
  const double whole = whole_of(phases);
  double at = 0;
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const double seconds = positive(phases[i].seconds);
    const double share = whole > 0 ? 100 * seconds / whole : 0;
    table.rows.push_back({fmt::format("<span class=\"key square\">{}</span> {}", letter_of(i),
                              html_text(phases[i].name)),
        fmt::format("<svg class=\"share\" aria-hidden=\"true\" width=\"100%\" height=\"12\"><rect "
                    "class=\"ground\" width=\"100%\" height=\"12\"/><rect class=\"phase{}\" "
                    "x=\"{:.2f}%\" width=\"{:.2f}%\" height=\"12\"/></svg><span "
                    "class=\"percent\">{:.1f} %</span>",
            i % 2, whole > 0 ? 100 * at / whole : 0, std::max(share, 0.4), share),
        html_text(duration_words(phases[i].seconds))});
    at += seconds;
  }
  table.rows.push_back({"whole", "100 %", html_text(duration_words(whole))});
  return "<div class=\"phases\">\n" + html_table(table) + "</div>\n";
}

}  // namespace

std::string html_timeline(const DrillRecord& drill, std::size_t number) {
  std::vector<Placed> instants = placed(drill.chronicle);
  if (drill.chronicle.empty() && drill.phases.empty()) {
    return {};
  }
  std::string html;
  if (!instants.empty() || !drill.phases.empty()) {
    const Scale scale = scale_of(instants, drill.phases);
    html += "<figure>\n" + picture(instants, drill.phases, scale, number) +
            "<figcaption>Numbers: the instants of the chronicle. Letters: the phases of the "
            "recovery, which begin at the incident.</figcaption>\n</figure>\n";
  }
  if (!drill.phases.empty()) {
    html += phases_table(drill.phases);
  }
  return html + instants_table(drill, instants);
}

}  // namespace pgrehearse
