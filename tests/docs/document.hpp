// What a Markdown document promises that a machine can hold it to: commands, their output, links.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pgrehearse {

/// One command of a ```sh, ```console or indented block, and the output that the document shows for
/// it.
struct DocumentedCommand {
  int line = 0;                          ///< in the document, from 1
  std::string text;                      ///< without the prompt, continuation lines joined
  std::vector<std::string> output = {};  ///< console blocks only; "..." stands for any lines
};

/// In a ```console block a line "$ ..." is a command and what follows is its output; in a ```sh
/// block, and in one that is code by its four spaces, every line that is not a comment is a
/// command. A backslash at the end continues a line.
[[nodiscard]] std::vector<DocumentedCommand> commands_in(std::string_view markdown);

/// The text of one fenced block, without its fences.
struct DocumentedBlock {
  int line = 0;  ///< of its first line in the document, from 1
  std::string text = {};
};

/// The fenced blocks whose info string is `language`: "yaml".
[[nodiscard]] std::vector<DocumentedBlock> blocks_in(
    std::string_view markdown, std::string_view language);

struct DocumentedLink {
  int line = 0;
  std::string target;  ///< as written: "docs/adr/0001-x.md#context"
};

/// Links and images outside of code, with inline targets: [text](target).
[[nodiscard]] std::vector<DocumentedLink> links_in(std::string_view markdown);

/// What GitHub calls the headings of a document: "Exit status" -> "exit-status".
[[nodiscard]] std::vector<std::string> anchors_in(std::string_view markdown);

/// What is wrong with a link of `document`; empty when it leads somewhere. Links to the web are
/// not followed.
[[nodiscard]] std::string fault_of(
    const DocumentedLink& link, const std::filesystem::path& document);

/// README.md, CONTRIBUTING.md and every document below docs/ and fixtures/, sorted.
[[nodiscard]] std::vector<std::filesystem::path> documents();

/// "docs/reports.md:12", for a complaint.
[[nodiscard]] std::string place_in(const std::filesystem::path& document, int line);

/// The first line of `expected` that does not come, in order, in `output`; empty when all do.
[[nodiscard]] std::string first_missing(
    const std::vector<std::string>& expected, std::string_view output);

}  // namespace pgrehearse
