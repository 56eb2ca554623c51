#include "tests/docs/document.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view fence = "```";
constexpr std::string_view prompt = "$ ";
constexpr std::string_view indentation = "    ";
const std::filesystem::path root{PGREHEARSE_SOURCE_DIR};

// The backticks or nothing that a line of a document begins with, and what follows them.
struct Fence {
  std::size_t length = 0;
  std::string info = {};
};

Fence fence_of(std::string_view line) {
  const std::string_view text = trimmed(line);
  const std::size_t length = std::min(text.find_first_not_of('`'), text.size());
  return length < fence.size() ? Fence{} : Fence{length, std::string{trimmed(text.substr(length))}};
}

// Code by its indentation begins after an empty line, and not below an item of a list, whose
// paragraphs are indented, too.
class IndentedCode {
 public:
  [[nodiscard]] bool holds(std::string_view line) {
    if (trimmed(line).empty()) {
      after_empty_ = true;
      return false;
    }
    if (!line.starts_with(indentation)) {
      in_list_ = is_item(trimmed(line)) || (in_list_ && (line.starts_with(' ') || !after_empty_));
      after_empty_ = in_code_ = false;
      return false;
    }
    in_code_ = !in_list_ && (in_code_ || after_empty_);
    after_empty_ = false;
    return in_code_;
  }

 private:
  static bool is_item(std::string_view text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    return text.starts_with("- ") || text.starts_with("* ") || text.starts_with("+ ") ||
           (digits > 0 && text.substr(digits).starts_with(". "));
  }

  bool after_empty_ = true;
  bool in_code_ = false;
  bool in_list_ = false;
};

// Calls `told(line number, language, line)` for every line; the language of prose is empty, of
// code by indentation "indented", of a fence itself "fence". A fence ends at one as long as it.
template <typename Told>
void read_lines(std::string_view markdown, Told told) {
  int number = 0;
  Fence open;
  IndentedCode indented;
  for (const std::string& line : lines_of(markdown)) {
    ++number;
    const Fence here = fence_of(line);
    const bool closes = open.length > 0 && here.length >= open.length && here.info.empty();
    if (closes || (open.length == 0 && here.length > 0)) {
      open = closes ? Fence{} : here;
      told(number, std::string{"fence"}, line);
    } else if (open.length > 0) {
      told(number, open.info.empty() ? std::string{"text"} : open.info, line);
    } else {
      told(number, indented.holds(line) ? std::string{"indented"} : std::string{}, line);
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
    if (language != "sh" && language != "console" && language != "indented") {
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

std::vector<DocumentedBlock> blocks_in(std::string_view markdown, std::string_view language) {
  std::vector<DocumentedBlock> blocks;
  bool inside = false;
  read_lines(markdown, [&](int number, const std::string& spoken, const std::string& line) {
    if (spoken != language) {
      inside = false;
      return;
    }
    if (!inside) {
      blocks.push_back({.line = number});
    }
    inside = true;
    blocks.back().text += line + "\n";
  });
  return blocks;
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
    const std::string_view text{line};
    std::string anchor;
    for (const char letter :
        trimmed(text.substr(std::min(text.find_first_not_of('#'), text.size())))) {
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

std::vector<std::filesystem::path> documents() {
  std::vector<std::filesystem::path> found{root / "README.md", root / "CONTRIBUTING.md"};
  for (const char* folder : {"docs", "fixtures"}) {
    for (const std::filesystem::directory_entry& entry :
        std::filesystem::recursive_directory_iterator{root / folder}) {
      if (entry.path().extension() == ".md") {
        found.push_back(entry.path());
      }
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string place_in(const std::filesystem::path& document, int line) {
  return fmt::format("{}:{}", document.lexically_relative(root).string(), line);
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
