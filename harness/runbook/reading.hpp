// A runbook as the rules see it, and where they put what they find.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/runbook/document.hpp"
#include "harness/runbook/lint.hpp"
#include "harness/runbook/shell_text.hpp"

namespace pgrehearse {

struct ReadBlock {
  const RunbookBlock* block = nullptr;  ///< of the runbook, which outlives the reading
  std::vector<ShellCommand> commands = {};
};

class Reading {
 public:
  explicit Reading(const Runbook& runbook);

  [[nodiscard]] const std::vector<ReadBlock>& blocks() const { return blocks_; }
  /// Every line of a block for a shell, for psql or of settings that is no comment.
  [[nodiscard]] const std::vector<TextLine>& lines() const { return lines_; }
  /// Whether one of those lines, from this one on, has what the expression describes.
  [[nodiscard]] bool says(const char* expression, int from = 0) const;

  /// Files a finding; `about` is a name to add ("pg_dump"), never a value.
  void find(std::string_view rule, int line, std::string_view about = {});
  [[nodiscard]] std::vector<LintFinding>& findings() { return findings_; }

 private:
  std::vector<ReadBlock> blocks_;
  std::vector<TextLine> lines_;
  std::vector<LintFinding> findings_;
};

/// The rules, by what they have to know.
void look_at_shell(Reading& reading);     ///< any shell script
void look_at_programs(Reading& reading);  ///< Postgres' own programs
void look_at_secrets(Reading& reading, const Runbook& runbook);
void look_at_recovery(Reading& reading);  ///< what a recovery is told
void look_at_proof(Reading& reading);     ///< what nobody asks afterwards

}  // namespace pgrehearse
