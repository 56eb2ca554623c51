#include "harness/runbook/document.hpp"

#include <algorithm>
#include <optional>
#include <regex>
#include <utility>

#include "harness/base/text.hpp"
#include "harness/runbook/fence.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view comment_begin = "<!--";
constexpr std::string_view comment_end = "-->";
constexpr std::string_view ours = "pgrehearse:";
constexpr std::size_t longest_line = 4096;  // a picture in base64, not a command

// A quoted block keeps its fences behind "> ".
std::string_view without_quote(std::string_view line) {
  const std::size_t first = line.find_first_not_of(' ');
  if (first == std::string_view::npos || first > 3 || line[first] != '>') {
    return line;
  }
  line.remove_prefix(first + 1);
  return without_quote(line.starts_with(' ') ? line.substr(1) : line);
}

std::string without_indent(std::string_view line, std::size_t indent) {
  const std::size_t blanks = std::min(line.find_first_not_of(" \t"), line.size());
  return std::string{line.substr(std::min(blanks, indent))};
}

// The commands of a console, and what belongs to them: continued lines and here-documents.
std::vector<TextLine> typed_in(const std::vector<TextLine>& lines) {
  std::vector<TextLine> typed;
  std::string open;
  bool continues = false;
  for (const TextLine& line : lines) {
    const std::optional<std::string> command = behind_prompt(line.text);
    if (!command && open.empty() && !continues) {
      continue;
    }
    const bool second_prompt = continues && line.text.starts_with("> ");
    typed.push_back({line.number,
        open.empty() && command ? *command : line.text.substr(second_prompt ? 2 : 0)});
    if (!open.empty()) {
      open = trimmed(line.text) == open ? "" : open;
      continue;
    }
    open = here_document_end(typed.back().text);
    continues = typed.back().text.ends_with('\\');
  }
  return typed;
}

// "1. `psql -f a.sql`" -> "psql -f a.sql"
std::optional<std::string> command_in_a_span(const std::string& line) {
  static const std::regex span{R"(^\s*(?:[-*+]|\d+[.)])?\s*`(?:[$#] +)?([^`]+)`[.:;]?\s*$)"};
  std::smatch found;
  if (std::regex_match(line, found, span) && looks_like_a_command(found[1].str())) {
    return found[1].str();
  }
  return std::nullopt;
}

class Reader {
 public:
  void read(int number, const std::string& whole) {
    const std::string line{without_quote(whole)};
    if (fence_) {
      read_code(number, line);
    } else if (in_comment_) {
      read_comment(line);
    } else if (const std::optional<Fence> fence = fence_in(line)) {
      fence_ = fence;
      block_ = {.line = number,
          .heading = heading_,
          .info = fence->info,
          .notes = std::exchange(notes_, {})};
    } else if (trimmed(line).starts_with(comment_begin)) {
      comment_.clear();
      begin_ = number;
      read_comment(std::string{trimmed(line).substr(comment_begin.size())});
    } else if (!trimmed(line).empty()) {
      read_prose(number, line);
    }
  }

  Runbook finished() {
    if (fence_) {
      end_block();
    }
    forget_notes();
    return std::move(runbook_);
  }

 private:
  void read_code(int number, const std::string& line) {
    if (closes(*fence_, line)) {
      end_block();
    } else {
      block_.lines.push_back({number, without_indent(line, fence_->indent)});
    }
  }

  void end_block() {
    block_.kind = kind_of(*fence_, block_.lines);
    const bool prompts = std::any_of(block_.lines.begin(), block_.lines.end(),
        [](const TextLine& line) { return behind_prompt(line.text).has_value(); });
    if (block_.kind == BlockKind::shell && prompts) {
      block_.lines = typed_in(block_.lines);
    }
    runbook_.blocks.push_back(std::exchange(block_, {}));
    fence_.reset();
  }

  void read_comment(const std::string& line) {
    const std::size_t end = line.find(comment_end);
    comment_ += line.substr(0, end) + " ";
    in_comment_ = end == std::string::npos;
    const std::string_view text = trimmed(comment_);
    if (!in_comment_ && text.starts_with(ours)) {
      notes_.push_back({begin_, std::string{trimmed(text.substr(ours.size()))}});
    }
  }

  void read_prose(int number, const std::string& line) {
    if (const std::optional<std::string> command = command_in_a_span(line)) {
      runbook_.blocks.push_back({.kind = BlockKind::shell,
          .line = number,
          .heading = heading_,
          .fenced = false,
          .lines = {{number, *command}},
          .notes = std::exchange(notes_, {})});
      return;
    }
    forget_notes();
    const std::size_t hashes = std::min(line.find_first_not_of('#'), line.size());
    if (hashes > 0 && hashes <= 6 && line.substr(hashes).starts_with(' ')) {
      heading_ = trimmed(line.substr(hashes));
    }
  }

  void forget_notes() {
    std::move(notes_.begin(), notes_.end(), std::back_inserter(runbook_.loose_notes));
    notes_.clear();
  }

  Runbook runbook_;
  std::optional<Fence> fence_;
  RunbookBlock block_;
  bool in_comment_ = false;
  int begin_ = 0;
  std::string comment_;
  std::string heading_;
  std::vector<TextLine> notes_;
};

}  // namespace

Runbook runbook_in(std::string_view markdown) {
  Reader reader;
  int number = 0;
  for (std::string& line : lines_of(markdown)) {
    if (line.ends_with('\r')) {
      line.pop_back();
    }
    line.resize(std::min(line.size(), longest_line));
    reader.read(++number, line);
  }
  return reader.finished();
}

}  // namespace pgrehearse
