// Reads a team's runbook: the blocks of commands in a Markdown document, and what stands beside
// them. A block is what a tired person copies, so it keeps the line it has in the document.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pgrehearse {

enum class BlockKind {
  shell,     ///< for a shell: fences of bash, sh, shell, console
  sql,       ///< for psql
  settings,  ///< of the server: postgresql.conf, and what a recovery is told
  other,     ///< templates, output, other languages
};

/// A line of the document, or of what was made of it.
struct TextLine {
  int number = 0;  ///< in the document, from 1
  std::string text = {};
};

struct RunbookBlock {
  BlockKind kind = BlockKind::other;
  int line = 0;              ///< of its fence, from 1
  std::string heading = {};  ///< the nearest above it; empty when there is none
  std::string info = {};     ///< what follows the language on the fence: "pgrehearse=restore"
  bool fenced = true;        ///< false: a code span that is the whole of a line
  /// What is to be typed: without prompts, and without the output of a console.
  std::vector<TextLine> lines = {};
  /// What `<!-- pgrehearse: ... -->` comments right before it say, without the frame.
  std::vector<TextLine> notes = {};
};

struct Runbook {
  std::vector<RunbookBlock> blocks = {};
  std::vector<TextLine> loose_notes = {};  ///< notes that stand before no block
};

/// Fences of backticks or tildes, indented, in lists and in quotes, as CommonMark has them. One
/// without a language is read by what is in it. Nothing in an HTML comment is a block. Of a line
/// the first 4,096 letters are read. Never throws for a document: what it cannot read is of kind
/// `other`.
[[nodiscard]] Runbook runbook_in(std::string_view markdown);

}  // namespace pgrehearse
