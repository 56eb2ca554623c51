// The lines of a Markdown document that begin and end a block of code.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/runbook/document.hpp"

namespace pgrehearse {

/// ```bash title=x
struct Fence {
  char letter = '`';
  std::size_t length = 3;
  std::size_t indent = 0;     ///< as many blanks go from the lines in it
  std::string language = {};  ///< lower case; empty when it names none
  std::string info = {};      ///< what follows the language
};

/// CommonMark 0.31, section 4.5; at any indent, for lists have more than three blanks.
[[nodiscard]] std::optional<Fence> fence_in(std::string_view line);
[[nodiscard]] bool closes(const Fence& fence, std::string_view line);

/// What a block is for, by the language of its fence, else by what is in it.
[[nodiscard]] BlockKind kind_of(const Fence& fence, const std::vector<TextLine>& lines);

/// The command behind a prompt ("$ ", "postgres@db1:~$ "); nothing on a line of output.
[[nodiscard]] std::optional<std::string> behind_prompt(const std::string& line);

/// Whether a text in a code span is a command: it begins with a program of recoveries and has
/// arguments.
[[nodiscard]] bool looks_like_a_command(std::string_view text);

/// The word that ends the here-document that begins on this line; empty when none does.
[[nodiscard]] std::string here_document_end(const std::string& line);

}  // namespace pgrehearse
