#include "harness/report/junit_case.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/report/reading.hpp"
#include "harness/report/xml_text.hpp"

namespace pgrehearse {
namespace {

// Cut before names are made unique, not after.
constexpr std::size_t longest_name = 256;

std::string place_of(const DrillRecord& drill, int line) {
  return drill.file.empty() ? "place not known"
                            : fmt::format("{}:{}", drill.file, line > 0 ? line : drill.line);
}

std::string kebab(std::string_view words) {
  std::string name{words};
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

// The place comes first: CI systems that know no file attribute make links out of it.
JunitProblem problem_of(const DrillRecord& drill, std::size_t index) {
  const Finding& finding = drill.findings[index];
  const std::string sentence = sentence_of(finding);
  std::string text = fmt::format(
      "{}\n{}\n{}\n", place_of(drill, line_of_finding(drill, index)), sentence, finding.question);
  for (const std::string& detail : finding.details) {
    text += "  " + detail + "\n";
  }
  return {"drill." + plain_line(finding.check), sentence, text};
}

JunitProblem problem_of(const DrillRecord& drill, const ObjectiveRecord& objective) {
  const std::string sentence = sentence_of(drill, objective);
  const std::string source =
      objective.realized.source.empty() ? "none" : plain_line(objective.realized.source);
  return {"drill." + plain_line(objective.name), sentence,
      fmt::format("{}\n{}\nsource: {}\n", place_of(drill, 0), sentence, source)};
}

std::vector<JunitProblem> problems_with(const DrillRecord& drill, Verdict verdict) {
  std::vector<JunitProblem> problems;
  for (std::size_t i = 0; i < drill.findings.size(); ++i) {
    if (drill.findings[i].verdict == verdict) {
      problems.push_back(problem_of(drill, i));
    }
  }
  for (const ObjectiveRecord& objective : untold_objectives(drill)) {
    if (objective.verdict == verdict) {
      problems.push_back(problem_of(drill, objective));
    }
  }
  return problems;
}

JunitProblem error_of(const DrillRecord& drill) {
  std::string type = "drill.unknown";
  if (drill.status != "finished") {
    type = "drill." + kebab(plain_line(drill.status));
  } else if (!drill.error.empty()) {
    type = "drill.harness-error";
  }
  const std::string doubt = doubt_of(drill);
  std::string text = fmt::format("{}\n{}\n", place_of(drill, drill.error_line), doubt);
  if (!drill.error.empty()) {
    text += drill.error + "\n";
  }
  for (const JunitProblem& unanswered : problems_with(drill, Verdict::unknown)) {
    text += unanswered.text;
  }
  return {type, doubt, text};
}

void add_reading(JunitCase& test, const DrillRecord& drill, const std::string& objective) {
  const Reading reading = reading_of(drill, objective);
  test.facts.emplace_back(objective + "_seconds", reading.kind == ReadingKind::measured
                                                      ? number_text(reading.seconds)
                                                      : std::string{words_for(reading.kind)});
  if (reading.bound_seconds.has_value()) {
    test.facts.emplace_back(objective + "_target_seconds", number_text(*reading.bound_seconds));
  }
  if (!reading.source.empty()) {
    test.facts.emplace_back(objective + "_source", reading.source);
  }
}

void add_facts(JunitCase& test, const RunRecord& record, const DrillRecord& drill) {
  const auto add = [&test](std::string_view name, const std::string& value) {
    if (!value.empty()) {
      test.facts.emplace_back(name, value);
    }
  };
  add("verdict", std::string{name_of(verdict_of(drill))});
  add("status", drill.status);
  add("scenario", drill.scenario);
  add("subject", drill.subject);
  add_reading(test, drill, "rto");
  add_reading(test, drill, "rpo");
  if (drill.ledger.has_value()) {
    add("lost", std::to_string(drill.ledger->lost));
    add("discarded", std::to_string(drill.ledger->discarded));
    add("in_doubt", std::to_string(drill.ledger->in_doubt));
    add("phantom", std::to_string(drill.ledger->phantom));
  } else {
    add("lost", std::string{words_for(ReadingKind::not_measured)});
  }
  if (drill.recovery.has_value()) {
    add("recovery_target", drill.recovery->target);
    add("recovery_ending", drill.recovery->ending);
  }
  for (const AlertRecord& alert : drill.alerts) {
    add("alert", fmt::format("{} {} {}: {}", alert.time, alert.name, alert.level, alert.observed));
  }
  add("engine", record.engine);
  add("server_version", record.server_version);
  add("backup", drill.backup);
  add("marker_mode", drill.marker_mode);
}

JunitCase case_of(
    const RunRecord& record, const DrillRecord& drill, const std::filesystem::path& folder) {
  JunitCase test{.suite = plain_line(drill.suite.empty() ? drill.scenario : drill.suite),
      .name = plain_line(drill.test),
      .file = drill.file,
      .line = drill.line,
      .seconds = drill.seconds,
      .begin = drill.begin};
  add_facts(test, record, drill);
  for (const EvidenceRecord& evidence : drill.evidence) {
    test.attachments.push_back((folder / evidence.name).lexically_normal().string());
  }
  for (const std::string& warning : drill.warnings) {
    test.system_err += "warning: " + warning + "\n";
  }
  switch (verdict_of(drill)) {
    case Verdict::met:
      break;
    case Verdict::unknown:
      if (drill.status == "skipped" || drill.status == "not applicable") {
        test.skipped.push_back({"drill.skipped",
            drill.skip_reason.empty() ? "no reason was given" : plain_line(drill.skip_reason)});
      } else {
        test.errors.push_back(error_of(drill));
      }
      break;
    case Verdict::missed:
      test.failures = problems_with(drill, Verdict::missed);
      if (test.failures.empty()) {
        test.failures.push_back({"drill.verdict", "the drill's verdict is missed",
            place_of(drill, 0) + "\nthe drill's verdict is missed\n"});
      }
      // A case holds failures or an error, not both; the rest of the story must not get lost.
      if (drill.status != "finished" || !drill.error.empty()) {
        test.system_err += doubt_of(drill) + "\n" + drill.error + "\n";
      }
      break;
  }
  return test;
}

JunitCase case_of_run(std::string name, JunitProblem error) {
  return {.suite = "Run", .name = std::move(name), .errors = {std::move(error)}};
}

void make_unique(std::vector<JunitCase>& cases) {
  std::set<std::pair<std::string, std::string>> taken;
  for (JunitCase& test : cases) {
    test.suite = test.suite.empty() ? "Unnamed" : at_most(test.suite, longest_name);
    test.name = test.name.empty() ? "Unnamed" : at_most(test.name, longest_name);
    const std::string name = test.name;
    for (int number = 2; !taken.emplace(test.suite, test.name).second; ++number) {
      test.name = fmt::format("{} ({})", name, number);
    }
  }
}

}  // namespace

std::vector<JunitCase> junit_cases_of(
    const RunRecord& record, const std::filesystem::path& evidence) {
  std::vector<JunitCase> cases;
  for (const DrillRecord& drill : record.drills) {
    cases.push_back(case_of(record, drill, evidence));
  }
  if (record.drills.empty()) {
    cases.push_back(case_of_run("RunsAtLeastOneDrill",
        {"drill.nothing-ran", "nothing ran", "no drill was selected, so nothing is proven\n"}));
  }
  if (!record.interrupted.empty() && verdict_of(record) == Verdict::met) {
    cases.push_back(case_of_run(
        "RunsToItsEnd", {"drill.interrupted", "interrupted by " + plain_line(record.interrupted)}));
  }
  if (!record.leftovers.empty()) {
    cases.push_back(case_of_run("RemovesWhatItCreated",
        {"drill.leftovers",
            fmt::format("leftovers: {} could not be removed", record.leftovers.size()),
            joined(record.leftovers, "\n") + "\n"}));
  }
  make_unique(cases);
  return cases;
}

}  // namespace pgrehearse
