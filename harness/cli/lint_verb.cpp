#include "harness/cli/lint_verb.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/runbook/lint.hpp"

namespace pgrehearse {
namespace {

struct Given {
  std::vector<std::string> files;
  std::string format = "text";
  bool rules = false;
};

int status_of(const Lint& lint) {
  if (lint.open() > 0) {
    return exit_missed;
  }
  return lint.blocks == 0 ? exit_not_proven : exit_met;
}

std::string summary_of(const std::string& file, const Lint& lint) {
  if (lint.blocks == 0) {
    return fmt::format(
        "{}: not proven: it has no block of commands, so nothing was looked at\n", file);
  }
  return fmt::format("{}: {} findings, {} meant, in {} commands of {} blocks\n", file, lint.open(),
      lint.findings.size() - lint.open(), lint.commands, lint.blocks);
}

void print_as_text(const std::string& file, const Lint& lint) {
  for (const LintFinding& finding : lint.findings) {
    if (finding.meant.empty()) {
      fmt::print(
          "{}:{}: {}: {}; {}\n", file, finding.line, finding.rule, finding.what, finding.cure);
    }
  }
  fmt::print(stderr, "{}", summary_of(file, lint));
}

nlohmann::ordered_json as_json(const std::string& file, const Lint& lint) {
  nlohmann::ordered_json findings = nlohmann::ordered_json::array();
  for (const LintFinding& finding : lint.findings) {
    nlohmann::ordered_json one{{"line", finding.line}, {"rule", finding.rule},
        {"what", finding.what}, {"cure", finding.cure}};
    if (!finding.meant.empty()) {
      one["meant"] = finding.meant;
    }
    findings.push_back(one);
  }
  return {
      {"file", file}, {"blocks", lint.blocks}, {"commands", lint.commands}, {"findings", findings}};
}

int print_rules() {
  for (const LintRule& rule : lint_rules()) {
    fmt::print("{}\n    {}.\n    {}\n", rule.id, rule.reason, rule.cure);
  }
  return exit_met;
}

Lint lint_of(const std::string& file) {
  if (std::filesystem::is_directory(file)) {
    throw Error{ErrorCode::bad_config, "a folder is no runbook",
        "Name its Markdown files, as in 'docs/*.md'.", file};
  }
  return lint_runbook(runbook_in(read_file(file)));
}

int lint_files(const Given& given) {
  if (given.rules) {
    return print_rules();
  }
  if (given.files.empty()) {
    throw Error{ErrorCode::bad_config, "no runbook is named",
        "Give the Markdown files, as in 'pgrehearse lint-runbook docs/DR.md', or --rules."};
  }
  bool missed = false;
  bool unknown = false;
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const std::string& file : given.files) {
    const Lint lint = lint_of(file);
    missed = missed || status_of(lint) == exit_missed;
    unknown = unknown || status_of(lint) == exit_not_proven;
    if (given.format == "json") {
      files.push_back(as_json(file, lint));
    } else {
      print_as_text(file, lint);
    }
  }
  if (given.format == "json") {
    fmt::print("{}\n", files.dump(2, ' ', true, nlohmann::ordered_json::error_handler_t::replace));
  }
  return missed ? exit_missed : unknown ? exit_not_proven : exit_met;
}

}  // namespace

void add_lint_verb(CLI::App& app, VerbToRun& chosen) {
  CLI::App* verb = app.add_subcommand(
      "lint-runbook", "Name what in a runbook hides a failure or proves nothing; it runs nothing");
  const auto given = std::make_shared<Given>();
  verb->add_option("FILE", given->files, "Runbooks in Markdown");
  verb->add_option("--format", given->format, "text, json [text]")
      ->check(CLI::IsMember({"text", "json"}));
  verb->add_flag("--rules", given->rules, "Print every rule, its reason and its cure");
  verb->callback([&chosen, given] { chosen = [given] { return lint_files(*given); }; });
}

}  // namespace pgrehearse
