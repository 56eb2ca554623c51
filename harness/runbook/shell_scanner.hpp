// The words and operators of shell text: POSIX.1-2017, Shell Command Language, section 2.3, and
// what bash adds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/runbook/document.hpp"
#include "harness/runbook/shell_text.hpp"

namespace pgrehearse {

enum class TokenKind { word, op, redirection, new_line, end };

struct ShellToken {
  TokenKind kind = TokenKind::end;
  int line = 0;
  std::string text = {};  ///< a word without its quotes, an operator, the operator of a redirection
  bool quoted = false;    ///< some of the word was
  std::vector<std::string> nested = {};  ///< the scripts in its $(...) and `...`
};

class ShellScanner {
 public:
  explicit ShellScanner(const std::vector<TextLine>& lines);

  [[nodiscard]] ShellToken next();
  /// The lines from here to the one that is `end`; to be asked for at a new line.
  [[nodiscard]] std::vector<TextLine> here_document(const std::string& end);

 private:
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] char letter(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool is_next(std::string_view what) const {
    return std::string_view{text_}.substr(at_).starts_with(what);
  }
  void step();
  void skip_blanks();
  [[nodiscard]] std::string placeholder_here() const;
  [[nodiscard]] std::string redirection_here() const;
  [[nodiscard]] ShellToken word();
  void read_quoted(ShellToken& token);
  void read_expansion(ShellToken& token);
  void read_backticks(ShellToken& token);
  [[nodiscard]] std::string inside(char open, char close);

  std::string text_;
  std::vector<int> numbers_;  ///< of the lines of `text_`
  std::size_t at_ = 0;
  std::size_t line_ = 0;
};

}  // namespace pgrehearse
