#include "harness/report/html_text.hpp"

#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "harness/report/reading.hpp"
#include "harness/report/xml_text.hpp"

namespace pgrehearse {
namespace {

bool upper(char c) {
  return std::isupper(static_cast<unsigned char>(c)) != 0;
}

bool lower(char c) {
  return std::islower(static_cast<unsigned char>(c)) != 0;
}

// A new word begins at the capital of "eW", and at that of "ACa".
bool begins_word(std::string_view name, std::size_t at) {
  return at > 0 && upper(name[at]) &&
         (!upper(name[at - 1]) || (at + 1 < name.size() && lower(name[at + 1])));
}

std::string counted(long long whole, std::string_view unit, long long rest, std::string_view part) {
  return rest == 0 ? fmt::format("{} {}", whole, unit)
                   : fmt::format("{} {} {} {}", whole, unit, rest, part);
}

}  // namespace

std::string html_text(std::string_view raw) {
  return xml_text(plain_line(raw));
}

std::string html_code(std::string_view raw) {
  const std::string text = html_text(raw);
  return text.empty() ? "-" : "<code>" + text + "</code>";
}

std::string html_name(std::string_view raw) {
  const std::string name = plain_line(raw);
  if (name.empty()) {
    return "-";
  }
  constexpr std::size_t longest_piece = 20;
  std::string text;
  std::size_t piece = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool goes_on = (static_cast<unsigned char>(name[i]) & 0xC0U) == 0x80U;
    const bool may_break =
        i > 0 && !goes_on &&
        (begins_word(name, i) || piece >= longest_piece ||
            std::string_view{"./_:"}.find(name[i - 1]) != std::string_view::npos);
    text += may_break ? "<wbr>" : "";
    piece = may_break ? 1 : piece + 1;
    // Byte by byte: only those of ASCII can need escaping.
    text += static_cast<unsigned char>(name[i]) < 0x80 ? xml_text(name.substr(i, 1))
                                                       : std::string(1, name[i]);
  }
  return "<code class=\"name\">" + text + "</code>";
}

std::string words_of_case(std::string_view name) {
  std::string words;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool begins = begins_word(name, i);
    const bool abbreviation =
        i + 1 < name.size() && upper(name[i]) && !lower(name[i + 1]) && !begins_word(name, i + 1);
    const bool goes_on = i > 0 && upper(name[i - 1]) && !begins;
    words += begins ? " " : "";
    words += begins && !abbreviation && !goes_on
                 ? static_cast<char>(std::tolower(static_cast<unsigned char>(name[i])))
                 : name[i];
  }
  return words;
}

std::string duration_words(double seconds) {
  if (!std::isfinite(seconds)) {
    return "NOT MEASURED";
  }
  constexpr double minute = 60;
  constexpr long long hour = 3600;
  constexpr long long day = 24 * hour;
  constexpr double shown_at_least = 0.0005;
  if (seconds > 0 && seconds < shown_at_least) {
    return "under 1 ms";
  }
  if (std::abs(seconds) < minute) {
    return number_text(std::abs(seconds) < 1 ? seconds : std::round(seconds * 100) / 100) + " s";
  }
  if (seconds < 0 || seconds > 1e12) {
    return number_text(seconds) + " s";
  }
  const long long whole = std::llround(seconds);
  if (whole < hour) {
    return counted(whole / 60, "min", whole % 60, "s");
  }
  return whole < 2 * day ? counted(whole / hour, "h", whole % hour / 60, "min")
                         : counted(whole / day, "d", whole % day / hour, "h");
}

std::string_view html_class(Verdict verdict) {
  return name_of(verdict);
}

std::string html_badge(Verdict shape, std::string_view words) {
  return fmt::format(
      "<span class=\"badge {0}\"><svg aria-hidden=\"true\" width=\"16\" height=\"16\">"
      "<use href=\"#shape-{0}\"/></svg>{1}</span>",
      html_class(shape), html_text(words));
}

std::string html_verdict(Verdict verdict) {
  return html_badge(verdict, headline_of(verdict));
}

std::string html_table(const HtmlTable& table) {
  if (table.rows.empty()) {
    return "<p class=\"none\">None recorded.</p>\n";
  }
  // The roles are those that the elements have; some browsers forget them where CSS makes cards.
  std::string html = fmt::format(
      "<table role=\"table\"><caption>{}</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">",
      html_text(table.caption));
  for (const std::string& head : table.heads) {
    html += fmt::format("<th role=\"columnheader\" scope=\"col\">{}</th>", html_text(head));
  }
  html += "</tr></thead>\n<tbody role=\"rowgroup\">\n";
  for (const std::vector<std::string>& row : table.rows) {
    html += "<tr role=\"row\">";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string head = i < table.heads.size() ? html_text(table.heads[i]) : "";
      html += i == 0 ? fmt::format("<th role=\"rowheader\" scope=\"row\">{}</th>", row[i])
                     : fmt::format(
                           "<td role=\"cell\" data-head=\"{}\"><span>{}</span></td>", head, row[i]);
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table>\n";
}

std::string html_pairs(const std::vector<std::vector<std::string>>& pairs) {
  std::string html = "<dl class=\"pairs\">\n";
  for (const std::vector<std::string>& pair : pairs) {
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", pair.at(0), pair.at(1));
  }
  return html + "</dl>\n";
}

}  // namespace pgrehearse
