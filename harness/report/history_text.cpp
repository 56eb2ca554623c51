#include "harness/report/history_text.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "harness/report/html_page.hpp"
#include "harness/report/html_text.hpp"
#include "harness/report/markdown_text.hpp"
#include "harness/report/reading.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t most_shown = 30;  // of a trend: the newest ones

/// One number of a case over its met runs, oldest first: what a failed one took says little.
struct Trend {
  std::string what;
  bool is_time = true;
  std::vector<double> values = {};
};

std::vector<Trend> trends_of(const CaseHistory& one) {
  std::set<std::string> times;
  std::set<std::string> sizes;
  for (const HistoryPoint& point : one.points) {
    for (const auto& [name, value] : point.seconds) {
      times.insert(name);
    }
    for (const auto& [name, value] : point.bytes) {
      sizes.insert(name);
    }
  }
  std::vector<Trend> trends;
  const auto add = [&](const std::string& name, bool is_time) {
    Trend trend{name, is_time};
    for (const HistoryPoint& point : one.points) {
      if (point.verdict != Verdict::met) {
        continue;
      }
      const auto& values = is_time ? point.seconds : point.bytes;
      if (const auto found = values.find(name); found != values.end()) {
        trend.values.push_back(found->second);
      }
    }
    if (!trend.values.empty()) {
      trends.push_back(trend);
    }
  };
  for (const char* first : {"rto", "rpo"}) {
    if (times.erase(first) > 0) {
      add(first, true);
    }
  }
  for (const std::string& name : times) {
    add(name, true);
  }
  for (const std::string& name : sizes) {
    add(name, false);
  }
  return trends;
}

std::string shown(const Trend& trend, double value) {
  constexpr double megabyte = 1e6;
  return trend.is_time ? duration_words(value) : fmt::format("{:.1f} MB", value / megabyte);
}

std::string usual_of(const History& history, const Trend& trend) {
  const std::size_t before = std::min(trend.values.size() - 1, history.last);
  const auto newest = trend.values.end() - 1;
  return before == 0
             ? std::string{"-"}
             : shown(trend, median_of({newest - static_cast<std::ptrdiff_t>(before), newest}));
}

std::string sentence_of(const Slower& slower) {
  return fmt::format("{} on {}: {} took {}, usually {}, and up to {} would be noise", slower.name,
      slower.engine, slower.what, duration_words(slower.seconds), duration_words(slower.usual),
      duration_words(slower.limit));
}

std::string headline_of(const History& history) {
  if (history.cases.empty()) {
    return "No run has ended here yet, so there is no history.";
  }
  if (history.slower.empty()) {
    return fmt::format("Nothing is slower than usual, in {} runs of {} cases.", history.runs,
        history.cases.size());
  }
  std::set<std::string> cases;
  for (const Slower& slower : history.slower) {
    cases.insert(slower.name);
  }
  return fmt::format("{} of {} cases {} slower than usual.", cases.size(), history.cases.size(),
      cases.size() == 1 ? "is" : "are");
}

std::size_t met_of(const CaseHistory& one) {
  return static_cast<std::size_t>(std::count_if(one.points.begin(), one.points.end(),
      [](const HistoryPoint& point) { return point.verdict == Verdict::met; }));
}

bool is_slow(const History& history, const CaseHistory& one, const std::string& what) {
  return std::any_of(history.slower.begin(), history.slower.end(), [&](const Slower& slower) {
    return slower.name == one.name && slower.engine == one.engine && slower.what == what;
  });
}

// Bars from a common ground; the newest, at the right, is darker.
std::string picture(const Trend& trend) {
  const std::size_t count = std::min(trend.values.size(), most_shown);
  const std::vector<double> values(
      trend.values.end() - static_cast<std::ptrdiff_t>(count), trend.values.end());
  const double top = *std::max_element(values.begin(), values.end());
  constexpr double height = 24;
  constexpr double step = 6;
  std::string svg = fmt::format(
      "<svg class=\"trend\" aria-hidden=\"true\" width=\"{}\" "
      "height=\"{}\">",
      step * static_cast<double>(count), height);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double tall = top > 0 ? std::max(1.0, height * std::max(values[i], 0.0) / top) : 1;
    svg += fmt::format(
        "<rect class=\"phase{}\" x=\"{}\" y=\"{:.1f}\" width=\"{}\" height=\"{:.1f}\"/>",
        i + 1 == values.size() ? 0 : 1, step * static_cast<double>(most_shown - values.size() + i),
        height - tall, step - 1, tall);
  }
  return svg + "</svg>";
}

std::string html_of(const History& history, const CaseHistory& one) {
  HtmlTable table{.caption = fmt::format("{} on {}: {} runs, {} met, the newest {}", one.name,
                      one.engine, one.points.size(), met_of(one), one.points.back().end),
      .heads = {"What", "Newest", "Usual", "Met runs, oldest first", "Remark"}};
  for (const Trend& trend : trends_of(one)) {
    table.rows.push_back({html_text(trend.what), html_text(shown(trend, trend.values.back())),
        html_text(usual_of(history, trend)), picture(trend),
        is_slow(history, one, trend.what) ? html_badge(Verdict::unknown, "slower") : ""});
  }
  const std::size_t dot = one.name.find('.');
  return fmt::format("<section>\n<h3>{} {}</h3>\n{}</section>\n",
      html_verdict(one.points.back().verdict),
      html_text(words_of_case(one.name.substr(dot == std::string::npos ? 0 : dot + 1))),
      html_table(table));
}

}  // namespace

std::string history_as_markdown(const History& history) {
  std::string text = fmt::format("# {}\n", md_text(headline_of(history)));
  text += history.slower.empty() ? "" : "\n";
  for (const Slower& slower : history.slower) {
    text += fmt::format("- **slower**: {}\n", md_text(sentence_of(slower)));
  }
  for (const CaseHistory& one : history.cases) {
    text += fmt::format("\n## {} on {}\n\n{} runs, {} met; the newest ended {}: {}.\n\n",
        md_text(one.name), md_text(one.engine), one.points.size(), met_of(one),
        md_text(one.points.back().end), pgrehearse::headline_of(one.points.back().verdict));
    std::vector<std::vector<std::string>> rows;
    for (const Trend& trend : trends_of(one)) {
      rows.push_back({md_cell(trend.what), md_cell(shown(trend, trend.values.back())),
          md_cell(usual_of(history, trend)),
          is_slow(history, one, trend.what) ? "**slower**" : ""});
    }
    text += md_table({"What", "Newest", "Usual", "Remark"}, rows);
  }
  return text;
}

std::string history_as_html(const History& history) {
  std::string body = fmt::format(
      "<header class=\"{}\">\n<p class=\"kicker\">History of restore drills</p>\n<h1>{}</h1>\n",
      html_class(
          history.slower.empty() && !history.cases.empty() ? Verdict::met : Verdict::unknown),
      html_text(headline_of(history)));
  if (!history.slower.empty()) {
    body += "<ul>\n";
    for (const Slower& slower : history.slower) {
      body += "<li>" + html_text(sentence_of(slower)) + "</li>\n";
    }
    body += "</ul>\n";
  }
  body += "</header>\n<main>\n<h2>Cases</h2>\n";
  for (const CaseHistory& one : history.cases) {
    body += html_of(history, one);
  }
  body +=
      "<p class=\"source\">Usual: the median of the runs before the newest. Slower: beyond it by "
      "more than three times the spread, a fifth of it, and a quarter of a second, for met runs "
      "on the same engine, once there are six.</p>\n";
  return html_page("History of restore drills", body + "</main>\n");
}

}  // namespace pgrehearse
