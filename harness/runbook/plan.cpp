#include "harness/runbook/plan.hpp"

#include <algorithm>

#include "harness/base/text.hpp"
#include "harness/runbook/shell_text.hpp"

namespace pgrehearse {

std::size_t RunbookPlan::commands_to_run() const {
  std::size_t count = 0;
  for (const RunbookStep& step : steps) {
    count += step.commands;
  }
  return count;
}

bool is_marked(const RunbookBlock& block) {
  const std::vector<std::string> words = split(block.info, ' ');
  const bool told = std::find(words.begin(), words.end(), "pgrehearse=restore") != words.end() ||
                    std::any_of(block.notes.begin(), block.notes.end(),
                        [](const TextLine& note) { return note.text == "restore"; });
  return told && block.fenced && block.kind == BlockKind::shell;
}

RunbookPlan plan_of(const Runbook& runbook) {
  RunbookPlan plan;
  for (const RunbookBlock& block : runbook.blocks) {
    if (block.kind != BlockKind::shell) {
      continue;
    }
    const std::size_t commands = shell_commands(block.lines).size();
    plan.commands += commands;
    if (!is_marked(block)) {
      continue;
    }
    RunbookStep step{.line = block.line, .heading = block.heading, .commands = commands};
    for (const TextLine& line : block.lines) {
      step.script += line.text + "\n";
    }
    plan.steps.push_back(std::move(step));
  }
  return plan;
}

}  // namespace pgrehearse
