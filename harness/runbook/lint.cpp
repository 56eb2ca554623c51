#include "harness/runbook/lint.hpp"

#include <algorithm>
#include <regex>
#include <utility>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/runbook/plan.hpp"
#include "harness/runbook/reading.hpp"

namespace pgrehearse {
namespace {

std::vector<std::string> rule_ids() {
  std::vector<std::string> ids;
  for (const LintRule& rule : lint_rules()) {
    ids.emplace_back(rule.id);
  }
  return ids;
}

const LintRule* rule_of(std::string_view id) {
  const auto rules = lint_rules();
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const LintRule& rule) { return rule.id == id; });
  return found == rules.end() ? nullptr : &*found;
}

struct Excuse {
  std::string rule = {};
  std::string reason = {};
  std::string fault = {};  ///< why it is none
};

Excuse excuse_in(const std::string& note) {
  static const std::regex shape{R"(^meant\s+([\w-]+)\s*(?::|$))"};
  std::smatch found;
  if (!std::regex_search(note, found, shape)) {
    return {.fault = "it is neither 'restore' nor 'meant' with a rule"};
  }
  const std::string id = found[1].str();
  if (rule_of(id) == nullptr) {
    const auto near = nearest(id, rule_ids());
    return {.fault = fmt::format("there is no rule '{}'{}", id,
                near ? fmt::format(", did you mean '{}'?", *near) : std::string{})};
  }
  const std::string reason{trimmed(
      std::string_view{note}.substr(static_cast<std::size_t>(found[0].second - note.begin())))};
  return {id, reason, reason.empty() ? "it gives no reason" : ""};
}

bool is_within(const RunbookBlock& block, int line) {
  return line >= block.line && (block.lines.empty() || line <= block.lines.back().number);
}

void heed(const RunbookBlock& block, const TextLine& note, Reading& reading) {
  if (note.text == "restore") {
    if (!is_marked(block)) {
      reading.find("note", note.number, "only a block for a shell can be run by a drill");
    }
    return;
  }
  const Excuse excuse = excuse_in(note.text);
  if (!excuse.fault.empty()) {
    reading.find("note", note.number, excuse.fault);
    return;
  }
  bool used = false;
  for (LintFinding& finding : reading.findings()) {
    if (finding.rule == excuse.rule && is_within(block, finding.line)) {
      finding.meant = excuse.reason;
      used = true;
    }
  }
  if (!used) {
    reading.find("note", note.number, fmt::format("the block has no finding '{}'", excuse.rule));
  }
}

}  // namespace

Reading::Reading(const Runbook& runbook) {
  for (const RunbookBlock& block : runbook.blocks) {
    if (block.kind == BlockKind::other) {
      continue;
    }
    ReadBlock read{.block = &block};
    if (block.kind == BlockKind::shell) {
      read.commands = shell_commands(block.lines);
    }
    blocks_.push_back(std::move(read));
    const std::string_view comment = block.kind == BlockKind::sql ? "--" : "#";
    for (const TextLine& line : block.lines) {
      if (!trimmed(line.text).starts_with(comment)) {
        lines_.push_back(line);
      }
    }
  }
}

bool Reading::says(const char* expression, int from) const {
  const std::regex wanted{expression, std::regex::icase};
  return std::any_of(lines_.begin(), lines_.end(), [&](const TextLine& line) {
    return line.number >= from && std::regex_search(line.text, wanted);
  });
}

void Reading::find(std::string_view rule, int line, std::string_view about) {
  const LintRule* known = rule_of(rule);
  std::string what{known->reason};
  if (!about.empty()) {
    what += fmt::format(" ({})", about);
  }
  const auto same = [&](const LintFinding& finding) {
    return finding.rule == rule && finding.line == line && finding.what == what;
  };
  if (std::none_of(findings_.begin(), findings_.end(), same)) {
    findings_.push_back({.line = line,
        .rule = std::string{rule},
        .what = std::move(what),
        .cure = std::string{known->cure}});
  }
}

std::size_t Lint::open() const {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(),
      [](const LintFinding& finding) { return finding.meant.empty(); }));
}

Lint lint_runbook(const Runbook& runbook) {
  Reading reading{runbook};
  look_at_shell(reading);
  look_at_programs(reading);
  look_at_secrets(reading, runbook);
  look_at_recovery(reading);
  look_at_proof(reading);
  for (const RunbookBlock& block : runbook.blocks) {
    for (const TextLine& note : block.notes) {
      heed(block, note, reading);
    }
  }
  for (const TextLine& note : runbook.loose_notes) {
    reading.find("note", note.number, "it stands before no block");
  }
  Lint lint{.findings = std::move(reading.findings()), .blocks = reading.blocks().size()};
  for (const ReadBlock& block : reading.blocks()) {
    lint.commands += block.commands.size();
  }
  std::stable_sort(lint.findings.begin(), lint.findings.end(),
      [](const LintFinding& left, const LintFinding& right) { return left.line < right.line; });
  return lint;
}

}  // namespace pgrehearse
