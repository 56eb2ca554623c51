#include "tests/sabotage/trial.hpp"

#include <set>

#include <fmt/format.h>

#include "harness/backup/tool_cannot.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/engine/instance.hpp"
#include "harness/pg/timeline_history.hpp"
#include "tests/sabotage/oracle.hpp"

namespace pgrehearse {
namespace {

// Every check that the drill asked, each once.
std::vector<std::string> checks_of(const DrillRecord& drilled) {
  std::set<std::string> checks;
  for (const Finding& finding : drilled.findings) {
    checks.insert(finding.check);
  }
  return {checks.begin(), checks.end()};
}

// What a twin must be mended by: one that is not proven is not green either.
std::vector<std::string> why_red(const std::vector<Finding>& findings) {
  std::vector<std::string> reasons;
  for (const Finding& finding : findings) {
    if (finding.verdict != Verdict::met) {
      reasons.push_back(fmt::format("{} {}: {}; {}", finding.check, name_of(finding.verdict),
          finding.observed, joined(finding.details, "; ")));
    }
  }
  return reasons;
}

// "exact-set, because: is missing, or: was not sent"
std::string text_of(const Red& red) {
  return red.causes.empty()
             ? red.check
             : fmt::format("{}, because: {}", red.check, joined(red.causes, ", or: "));
}

// "; exact-set says: nothing is missing"
std::string told_at(
    const DrillRecord& drilled, const std::string& check, Verdict verdict = Verdict::missed) {
  const std::vector<std::string> said = said_at(drilled.findings, check, verdict);
  return said.empty() ? "" : fmt::format("; {} says: {}", check, joined(said, "; "));
}

}  // namespace

Row one_of(Session& session, const std::string& query, const std::string& what) {
  const Rows rows = session.exec(query);
  if (rows.empty()) {
    throw NotApplicable{"the subject has no " + what};
  }
  return rows.front();
}

void demand_table(Session& session, const std::string& table) {
  if (session.value(fmt::format("SELECT to_regclass({}) IS NULL", literal(table))) == "t") {
    throw NotApplicable{"the subject has no table " + table};
  }
}

std::string in_the_archive(const Source& source, const std::string& file) {
  const BackupToolProperties& tool = source.tool().properties();
  if (!tool.uses_witness_archive) {
    throw NotApplicable{tool.name + " does not recover from the harness' archive"};
  }
  return source.cluster().instance().path_of_volume(source.archive().volume()) + "/" + file;
}

void demand_plain_sets(const Source& source, const std::string& else_it) {
  const BackupToolProperties& tool = source.tool().properties();
  if (!tool.physical) {
    throw NotApplicable{tool.name + " restores no data directory"};
  }
  if (!tool.uses_witness_archive) {
    throw NotApplicable{tool.name + " " + else_it};
  }
}

void demand_replay(const Source& source) {
  const BackupToolProperties& tool = source.tool().properties();
  if (!tool.point_in_time) {
    throw NotApplicable{tool.name + " replays no WAL"};
  }
}

Red of_a_damaged_set() {
  // pgBackRest's lz4 refuses some bits by itself, before there are bytes for a checksum.
  return Red{"backup-verified", "other content"}.or_because("checksum").or_because("lz4 error");
}

void change_the_reason_in_its_history(const Restored& restored) {
  const std::string name = history_file_name(restored.ending.new_timeline.value_or(TimelineId{0}));
  exec_or_throw(
      restored.cluster.instance(), {.argv = {"sed", "-i", "$s/[^\t]*$/another reason/",
                                        restored.cluster.data_path() + "/pg_wal/" + name}});
}

void remove_archived(const Source& source, const std::string& segment) {
  const std::vector<std::string> copies = source.recovery_copies_of(segment);
  if (copies.empty()) {
    throw NotApplicable{
        fmt::format("{} keeps no copy of {}", source.tool().properties().name, segment)};
  }
  for (const std::string& path : copies) {
    exec_or_throw(source.cluster().instance(), {.argv = {"rm", "--", path}});
  }
}

std::string archived(const Source& source, const std::string& file) {
  return source.cluster().instance().path_of_volume(source.archive().volume()) + "/" + file;
}

void change_an_archived_file(const Source& source) {
  Instance& instance = source.cluster().instance();
  const std::string file = source.archive().listing(instance).begin()->first;
  exec_or_throw(instance, {.argv = {"truncate", "--size=+1", archived(source, file)}});
}

void Trial::must_be_killed(const std::string& scenario, const Red& red, const Story& story) {
  const std::optional<DrillRecord> told_drill = told(scenario, story);
  if (!told_drill) {
    return;
  }
  const DrillRecord& drilled = *told_drill;
  record().on_trial = red.check;
  conclude("sabotage", drilled, is_red_at(drilled.findings, red),
      fmt::format("does the sabotage turn the drill red at '{}'?", red.check),
      "missed: " + text_of(red), told_at(drilled, red.check));
}

void Trial::must_be_killed_first_at(
    const std::string& scenario, const Red& first, const Red& later, const Story& story) {
  const std::optional<DrillRecord> told_drill = told(scenario, story);
  if (!told_drill) {
    return;
  }
  const DrillRecord& drilled = *told_drill;
  record().on_trial = later.check;
  conclude("sabotage", drilled, is_red_first_at(drilled.findings, first, later),
      fmt::format("does the sabotage turn the drill red at '{}', and then at '{}'?", first.check,
          later.check),
      fmt::format("missed: {}; then: {}", text_of(first), text_of(later)),
      told_at(drilled, later.check));
}

void Trial::must_be_green(const std::string& scenario, const Story& story) {
  const std::optional<DrillRecord> told_drill = told(scenario, story);
  if (!told_drill) {
    return;
  }
  const DrillRecord& drilled = *told_drill;
  const bool green = drilled.error.empty() && is_green(drilled.findings);
  conclude("healthy-twin", drilled, green, "is the same drill green with nothing broken?",
      "every check met");
  record().findings.back().details = green ? checks_of(drilled) : why_red(drilled.findings);
}

void Trial::must_be_unknown(
    const std::string& scenario, const std::vector<Doubt>& doubts, const Story& story) {
  const std::optional<DrillRecord> told_drill = told(scenario, story);
  if (!told_drill) {
    return;
  }
  const DrillRecord& drilled = *told_drill;
  record().on_trial = doubts.size() == 1 ? doubts.front().check : "every question";
  std::string wanted;
  std::string said;
  for (const Doubt& doubt : doubts) {
    wanted += (wanted.empty() ? "" : "; ") + text_of(doubt);
    said += told_at(drilled, doubt.check, Verdict::unknown);
  }
  conclude("sabotage", drilled, is_unanswered(drilled.findings, doubts),
      "is every question unknown that nobody could answer, and does it say why?",
      "neither met nor missed: " + wanted, said);
}

std::optional<DrillRecord> Trial::told(const std::string& scenario, const Story& story) {
  const Subject healthy = run().subject;
  const RunOptions patient = run().options;
  DrillRecord drilled;
  std::string why_not;
  try {
    Drill drill = begin_unjudged(scenario, drilled);
    story(drill);
  } catch (const NotApplicable& nothing) {
    why_not = nothing.why;
  } catch (const ToolCannot& tool) {
    why_not = tool.message();
  } catch (const Error& error) {
    drilled.error = error.message();
  } catch (const std::exception&) {
    drilled.error = "an exception of a library";  // the next story begins with a healthy subject
  }
  run().subject = healthy;
  run().options = patient;
  drilled.findings = heard(std::move(drilled.findings));
  if (!why_not.empty()) {
    record().scenario = drilled.scenario;
    record().subject = drilled.subject;
    record().status = "not applicable";
    record().skip_reason = why_not;
    return std::nullopt;
  }
  return drilled;
}

void Trial::conclude(const std::string& check, const DrillRecord& drilled, bool as_it_must,
    const std::string& question, const std::string& expected, const std::string& said) {
  record().scenario = drilled.scenario;
  record().subject = drilled.subject;
  const std::vector<std::string> missed = missed_in(drilled.findings);
  record().findings.push_back({.check = check,
      .question = question,
      .expected = expected,
      .observed = fmt::format("missed: {}{}{}", missed.empty() ? "nothing" : joined(missed, ", "),
          drilled.error.empty() ? "" : "; the drill ended with " + drilled.error,
          as_it_must ? "" : said),
      .verdict = judged(as_it_must, drilled.error),
      .details = missed});
  record().finding_lines.push_back(0);
  EXPECT_TRUE(as_it_must) << record().findings.back().observed;
}

}  // namespace pgrehearse
