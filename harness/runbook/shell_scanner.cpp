#include "harness/runbook/shell_scanner.hpp"

#include <array>
#include <regex>

#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view ends_a_word = " \t\n;&|()<>";
constexpr std::array<std::string_view, 9> operators{
    ";;", "&&", "||", "|&", ";", "&", "|", "(", ")"};

}  // namespace

ShellScanner::ShellScanner(const std::vector<TextLine>& lines) {
  for (const TextLine& line : lines) {
    text_ += line.text + "\n";
    numbers_.push_back(line.number);
  }
  numbers_.push_back(numbers_.empty() ? 0 : numbers_.back());
}

void ShellScanner::step() {
  if (at_end()) {
    return;
  }
  if (letter() == '\n' && line_ + 1 < numbers_.size()) {
    ++line_;
  }
  ++at_;
}

void ShellScanner::skip_blanks() {
  while (letter() == ' ' || letter() == '\t' || is_next("\\\n")) {
    if (letter() == '\\') {
      step();
    }
    step();
  }
  if (letter() == '#') {
    while (!at_end() && letter() != '\n') {
      step();
    }
  }
}

// <BACKUP>, <your bucket>: what nobody can run, and no redirection.
std::string ShellScanner::placeholder_here() const {
  static const std::regex placeholder{R"(^<[A-Za-z][\w:-]*(?: [\w:-]+)*>)"};
  std::smatch found;
  const auto begin = text_.begin() + static_cast<std::ptrdiff_t>(at_);
  return std::regex_search(
             begin, text_.end(), found, placeholder, std::regex_constants::match_continuous)
             ? found[0].str()
             : std::string{};
}

std::string ShellScanner::redirection_here() const {
  static const std::regex redirection{R"(\d*(?:<<<|<<-?|>>|>\||[<>]&|<>|[<>](?!\())|&>>?)"};
  std::smatch found;
  const auto begin = text_.begin() + static_cast<std::ptrdiff_t>(at_);
  return std::regex_search(
             begin, text_.end(), found, redirection, std::regex_constants::match_continuous)
             ? found[0].str()
             : std::string{};
}

ShellToken ShellScanner::next() {
  skip_blanks();
  ShellToken token{.line = numbers_[line_]};
  if (at_end()) {
    return token;
  }
  if (letter() == '\n') {
    step();
    token.kind = TokenKind::new_line;
    return token;
  }
  if (const std::string op = placeholder_here().empty() ? redirection_here() : ""; !op.empty()) {
    at_ += op.size();
    token.kind = TokenKind::redirection;
    token.text = op;
    return token;
  }
  for (const std::string_view op : operators) {
    if (is_next(op)) {
      at_ += op.size();
      token.kind = TokenKind::op;
      token.text = op;
      return token;
    }
  }
  return word();
}

ShellToken ShellScanner::word() {
  ShellToken token{.kind = TokenKind::word, .line = numbers_[line_]};
  while (!at_end()) {
    const std::string placeholder = letter() == '<' ? placeholder_here() : "";
    if (!placeholder.empty()) {
      token.text += placeholder;
      at_ += placeholder.size();
    } else if (letter() == '\'' || letter() == '"') {
      read_quoted(token);
    } else if (letter() == '`') {
      read_backticks(token);
    } else if (letter() == '$' || is_next("<(") || is_next(">(")) {
      read_expansion(token);
    } else if (letter() == '\\') {
      step();
      token.text += letter() == '\n' ? "" : std::string(1, letter());
      step();
    } else if (ends_a_word.find(letter()) != std::string_view::npos) {
      break;
    } else {
      token.text += letter();
      step();
    }
  }
  return token;
}

void ShellScanner::read_quoted(ShellToken& token) {
  const char quote = letter();
  token.quoted = true;
  step();
  while (!at_end() && letter() != quote) {
    if (quote == '"' && letter() == '\\') {
      step();
      token.text += letter() == '\n' ? "" : std::string(1, letter());
      step();
    } else if (quote == '"' && letter() == '$') {
      read_expansion(token);
    } else if (quote == '"' && letter() == '`') {
      read_backticks(token);
    } else {
      token.text += letter();
      step();
    }
  }
  step();
}

void ShellScanner::read_backticks(ShellToken& token) {
  std::string script;
  for (step(); !at_end() && letter() != '`'; step()) {
    script += letter();
  }
  step();
  token.text += "$(" + script + ")";
  token.nested.push_back(script);
}

// $NAME, ${NAME:?}, $(script), $((1 + 2)), and <(script).
void ShellScanner::read_expansion(ShellToken& token) {
  const bool is_script = letter(1) == '(' && letter(2) != '(';
  const char open = letter(1);
  token.text += letter();
  step();
  if (open != '(' && open != '{') {
    return;
  }
  const std::string within = inside(open, open == '(' ? ')' : '}');
  token.text += open + within + (open == '(' ? ")" : "}");
  if (is_script) {
    token.nested.push_back(within);
  }
}

// Up to the bracket that closes the one that stands here, less those in quotes.
std::string ShellScanner::inside(char open, char close) {
  std::string within;
  int depth = 0;
  char quote = '\0';
  while (!at_end()) {
    const char here = letter();
    if (quote != '\0') {
      quote = here == quote ? '\0' : quote;
    } else if (here == '\'' || here == '"') {
      quote = here;
    } else if (here == open || here == close) {
      depth += here == open ? 1 : -1;
    }
    step();
    if (depth == 0) {
      return within.substr(1);
    }
    within += here;
  }
  return within.empty() ? within : within.substr(1);
}

std::vector<TextLine> ShellScanner::here_document(const std::string& end) {
  std::vector<TextLine> body;
  while (!at_end()) {
    const std::size_t length = std::min(text_.find('\n', at_), text_.size()) - at_;
    const TextLine line{numbers_[line_], text_.substr(at_, length)};
    at_ += length;
    step();
    if (trimmed(line.text) == end) {
      break;
    }
    body.push_back(line);
  }
  return body;
}

}  // namespace pgrehearse
