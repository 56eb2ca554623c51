// Reads shell text as far as a linter needs: which programs a block runs, with which words, what
// goes into them and where what they say goes. It runs nothing and expands nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/runbook/document.hpp"

namespace pgrehearse {

struct Redirection {
  std::string op = {};      ///< "<", "2>", ">>", "&>", "<<", "<<<"
  std::string target = {};  ///< "/dev/null", "&1"; the word that ends a here-document
};

/// One program with its words. Quotes are gone, expansions stand as written.
struct ShellCommand {
  int line = 0;             ///< of its first word, in the document
  std::string before = {};  ///< what stands before it: "", ";", "&&", "||", "|", "&"
  bool pipes = false;       ///< what it says goes into a pipe
  bool asked = false;       ///< the condition of an if, elif, while, until, or behind "!"
  std::vector<std::string> assignments = {};  ///< "PGUSER=app"
  std::vector<std::string> words = {};
  std::vector<Redirection> redirections = {};
  std::vector<TextLine> here_document = {};  ///< what it is fed from one; empty when from none
  bool nounset = false;                      ///< `set -u` was said above it
  bool pipefail = false;                     ///< `set -o pipefail` was
};

/// Commands in the order of the text, those of `sh -c '...'` and of $(...) right behind the one
/// that runs them. What cannot be read (an open quote) ends at the end of the block.
[[nodiscard]] std::vector<ShellCommand> shell_commands(const std::vector<TextLine>& lines);

/// The name of the program, without its folder, without sudo, env, time, nice, docker exec and the
/// like in front of it. Empty for assignments alone.
[[nodiscard]] std::string program_of(const ShellCommand& command);
/// The words behind that name.
[[nodiscard]] std::vector<std::string> arguments_of(const ShellCommand& command);

}  // namespace pgrehearse
