#include "tests/docs/document.hpp"

#include <algorithm>
#include <cctype>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view fence = "```";
constexpr std::string_view prompt = "$ ";

// Calls `told(line number, language, line)` for every line; the language of plain text is empty.
template <typename Told>
void read_lines(std::string_view markdown, Told told) {
  int number = 0;
  bool in_code = false;
  std::string language;
  for (const std::string& line : lines_of(markdown)) {
    ++number;
    if (trimmed(line).starts_with(fence)) {
      in_code = !in_code;
      language = in_code ? std::string{trimmed(trimmed(line).substr(fence.size()))} : "";
      if (in_code && language.empty()) {
        language = "text";
      }
      told(number, std::string{"fence"}, line);
    } else {
      told(number, language, line);
    }
  }
}

// What a shell would not read: from a "#" that begins a word. No document quotes one.
std::string without_comment(std::string_view line) {
  return std::string{trimmed(line.substr(0, line.find(" #")))};
}

// `code` spans hold examples, not links.
std::string without_code_spans(const std::string& line) {
  std::string text;
  bool in_code = false;
  for (const char letter : line) {
    in_code = letter == '`' ? !in_code : in_code;
    text += in_code || letter == '`' ? ' ' : letter;
  }
  return text;
}

}  // namespace

std::vector<DocumentedCommand> commands_in(std::string_view markdown) {
  std::vector<DocumentedCommand> commands;
  bool continues = false;
  read_lines(markdown, [&](int number, const std::string& language, const std::string& line) {
    if (language != "sh" && language != "console") {
      continues = false;
      return;
    }
    const bool is_console = language == "console";
    const bool is_command = is_console ? line.starts_with(prompt)
                                       : !trimmed(line).empty() && !trimmed(line).starts_with('#');
    std::string text =
        without_comment(is_console && is_command ? line.substr(prompt.size()) : line);
    const bool goes_on = text.ends_with('\\');
    if (goes_on) {
      text = std::string{trimmed(text.substr(0, text.size() - 1))};
    }
    if (continues) {
      commands.back().text += " " + text;
    } else if (is_command) {
      commands.push_back({.line = number, .text = text});
    } else if (is_console && !commands.empty() && !trimmed(line).empty()) {
      commands.back().output.push_back(line);
    }
    continues = goes_on && (continues || is_command);
  });
  return commands;
}

std::vector<DocumentedLink> links_in(std::string_view markdown) {
  std::vector<DocumentedLink> links;
  read_lines(markdown, [&](int number, const std::string& language, const std::string& line) {
    if (!language.empty()) {
      return;
    }
    const std::string text = without_code_spans(line);
    for (std::size_t at = text.find("]("); at != std::string::npos; at = text.find("](", at + 1)) {
      const std::size_t end = text.find(')', at);
      links.push_back({number, text.substr(at + 2, end == std::string::npos ? end : end - at - 2)});
    }
  });
  return links;
}

std::vector<std::string> anchors_in(std::string_view markdown) {
  std::vector<std::string> anchors;
  read_lines(markdown, [&](int, const std::string& language, const std::string& line) {
    if (!language.empty() || !line.starts_with('#')) {
      return;
    }
    std::string anchor;
    for (const char letter :
        trimmed(line.substr(std::min(line.find_first_not_of('#'), line.size())))) {
      const auto byte = static_cast<unsigned char>(letter);
      if (std::isalnum(byte) != 0 || letter == '-' || letter == '_') {
        anchor += static_cast<char>(std::tolower(byte));
      } else if (letter == ' ') {
        anchor += '-';
      }
    }
    anchors.push_back(anchor);
  });
  return anchors;
}

std::string fault_of(const DocumentedLink& link, const std::filesystem::path& document) {
  if (link.target.starts_with("https://") || link.target.starts_with("http://")) {
    return {};
  }
  const std::size_t hash = std::min(link.target.find('#'), link.target.size());
  const std::string path = link.target.substr(0, hash);
  const std::string anchor = link.target.substr(std::min(hash + 1, link.target.size()));
  if (path.starts_with('/') || link.target.empty()) {
    return "is no relative link";
  }
  const std::filesystem::path file = path.empty() ? document : document.parent_path() / path;
  if (!std::filesystem::exists(file)) {
    return "leads to no file";
  }
  if (anchor.empty()) {
    return {};
  }
  const std::vector<std::string> anchors = anchors_in(read_file(file));
  return std::find(anchors.begin(), anchors.end(), anchor) == anchors.end() ? "names no heading"
                                                                            : "";
}

std::string first_missing(const std::vector<std::string>& expected, std::string_view output) {
  const std::vector<std::string> lines = lines_of(output);
  auto from = lines.begin();
  for (const std::string& wanted : expected) {
    if (trimmed(wanted) == "...") {
      continue;
    }
    const auto found = std::find_if(from, lines.end(),
        [&](const std::string& line) { return trimmed(line) == trimmed(wanted); });
    if (found == lines.end()) {
      return wanted;
    }
    from = found + 1;
  }
  return {};
}

}  // namespace pgrehearse
