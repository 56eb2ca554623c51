// Names what in a runbook would make a recovery look better than it is, or stop a tired person
// half-way. It reads; it runs nothing.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/runbook/document.hpp"

namespace pgrehearse {

struct LintRule {
  std::string_view id;      ///< stable, kebab-case
  std::string_view reason;  ///< what happens, in one sentence without a full stop
  std::string_view cure;
};

/// All of them, in the order of docs/guides/own-runbook.md.
[[nodiscard]] std::span<const LintRule> lint_rules();

struct LintFinding {
  int line = 0;           ///< in the document, from 1
  std::string rule = {};  ///< its id
  std::string what = {};  ///< the rule's reason, and what it is about; never a secret
  std::string cure = {};
  std::string meant = {};  ///< why a note in the document says that it is meant; empty without
};

struct Lint {
  std::vector<LintFinding> findings = {};  ///< by line
  std::size_t blocks = 0;                  ///< of commands or SQL that were read
  std::size_t commands = 0;                ///< in the blocks for a shell

  /// Findings that no note calls meant.
  [[nodiscard]] std::size_t open() const;
};

/// A note `<!-- pgrehearse: meant RULE: REASON -->` before a block excuses that rule there. One
/// that has no reason, names no rule or excuses nothing is a finding itself (`note`).
[[nodiscard]] Lint lint_runbook(const Runbook& runbook);

}  // namespace pgrehearse
