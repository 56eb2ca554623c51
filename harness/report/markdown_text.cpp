#include "harness/report/markdown_text.hpp"

#include <cctype>

#include "harness/base/text.hpp"
#include "harness/report/xml_text.hpp"

namespace pgrehearse {
namespace {

bool alphanumeric(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

// Inside a word an underscore is no markup (GitHub Flavored Markdown, 6.2), and pg_wal reads better
// bare.
bool inside_word(std::string_view text, std::size_t at) {
  return at > 0 && at + 1 < text.size() && alphanumeric(text[at - 1]) && alphanumeric(text[at + 1]);
}

std::string escaped(std::string_view text) {
  constexpr std::string_view markup = "\\`*[]|~#$";
  std::string markdown;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '&') {
      markdown += "&amp;";
    } else if (c == '<') {
      markdown += "&lt;";
    } else if (c == '>') {
      markdown += "&gt;";
    } else {
      const bool escape =
          markup.find(c) != std::string_view::npos || (c == '_' && !inside_word(text, i));
      markdown += escape ? "\\" : "";
      markdown += c;
    }
  }
  return markdown;
}

// "- x", "+ x", "=" and "1. x" at the start of a line would begin a list or underline a heading.
std::string without_block_start(std::string text) {
  if (text.empty()) {
    return text;
  }
  if (text.front() == '-' || text.front() == '+' || text.front() == '=') {
    return "\\" + text;
  }
  const std::size_t digits = text.find_first_not_of("0123456789");
  if (digits != 0 && digits != std::string::npos && (text[digits] == '.' || text[digits] == ')')) {
    text.insert(digits, "\\");
  }
  return text;
}

std::string row_of(const std::vector<std::string>& cells) {
  return "| " + joined(cells, " | ") + " |\n";
}

}  // namespace

std::string md_text(std::string_view raw) {
  const std::string line = plain_line(raw);
  return without_block_start(escaped(trimmed(line)));
}

std::string md_cell(std::string_view raw) {
  const std::string plain = plain_text(raw);
  std::vector<std::string> lines;
  for (const std::string& line : lines_of(trimmed(plain))) {
    lines.push_back(escaped(plain_line(line)));
  }
  return lines.empty() ? "-" : joined(lines, "<br>");
}

std::string md_code(std::string_view raw) {
  std::string code;
  for (const char c : plain_line(raw)) {
    code += c == '`' ? "'" : c == '|' ? "\\|" : std::string(1, c);
  }
  return code.empty() ? "-" : "`" + code + "`";
}

std::string md_table(
    const std::vector<std::string>& heads, const std::vector<std::vector<std::string>>& rows) {
  if (rows.empty()) {
    return "None recorded.\n";
  }
  std::string table = row_of(heads) + row_of(std::vector<std::string>(heads.size(), "---"));
  for (const std::vector<std::string>& row : rows) {
    table += row_of(row);
  }
  return table;
}

}  // namespace pgrehearse
