// Which blocks of a runbook a drill runs: those that its team has marked.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/runbook/document.hpp"

namespace pgrehearse {

struct RunbookStep {
  int line = 0;              ///< of the block's fence
  std::string heading = {};  ///< above it
  std::string script = {};   ///< as it stands, for bash
  std::size_t commands = 0;
};

struct RunbookPlan {
  std::vector<RunbookStep> steps = {};  ///< in the order of the document
  std::size_t commands = 0;             ///< of the whole document, marked or not

  [[nodiscard]] std::size_t commands_to_run() const;
};

/// Marked by `<!-- pgrehearse: restore -->` right before the fence, or by `pgrehearse=restore`
/// behind its language. Only a fenced block for a shell can be.
[[nodiscard]] bool is_marked(const RunbookBlock& block);
[[nodiscard]] RunbookPlan plan_of(const Runbook& runbook);

}  // namespace pgrehearse
