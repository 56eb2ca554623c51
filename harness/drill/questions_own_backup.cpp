#include "harness/drill/questions_own_backup.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/drill/expectation.hpp"
#include "harness/drill/fact_findings.hpp"
#include "harness/drill/questions.hpp"
#include "harness/drill/recovery_cause.hpp"

namespace pgrehearse {
namespace {

std::int64_t number_in(const std::string& text) {
  std::int64_t number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool near(const std::string& expected, const std::string& observed, int percent) {
  const std::int64_t was = number_in(expected);
  const std::int64_t is = number_in(observed);
  return was >= 0 && is >= 0 && std::abs(is - was) * 100 <= was * percent;
}

std::vector<Finding> ask_ending(Restored& restored, const RecoveryTarget& target) {
  const RecoveryCause cause =
      cause_of(restored.ending, restored.requests, restored.target, restored.serving);
  const bool in_production = restored.control && restored.control->state == "in production";
  const bool as_asked = cause.cause == EndingCause::as_asked && restored.serving && in_production &&
                        !restored.ending.began_as_a_crash;
  return {{.check = "recovery-ending",
      .question = "did recovery end where it was told to?",
      .expected = text_of(target),
      .observed = restored.serving ? text_of(cause) : restored.trouble,
      .verdict = as_asked ? Verdict::met : Verdict::missed}};
}

std::vector<Finding> ask_load_end(const Restored& restored) {
  return {{.check = "recovery-ending",
      .question = "was all of the dump loaded?",
      .expected = "every statement succeeded",
      .observed = restored.serving ? "loaded to its end" : restored.trouble,
      .verdict = restored.serving ? Verdict::met : Verdict::missed}};
}

std::vector<Finding> ask_facts(
    Restored& restored, const OwnBackup& backup, const Subject& subject) {
  if (!backup.baseline()) {
    return {{.check = "facts",
        .question = "is everything there that the backup should hold?",
        .expected = "a baseline to compare with",
        .observed = "there is none: what is missing cannot be known",
        .details = {"make one beside the backup with 'pgrehearse baseline', and name it in "
                    "'artifact.baseline'"}}};
  }
  std::set<std::string> remade;
  if (backup.is_dump()) {
    for (const Row& view :
        restored.cluster.connect(subject.database)
            .exec("SELECT schemaname, matviewname FROM pg_catalog.pg_matviews")) {
      remade.insert(fmt::format("{}: table {}.{}", subject.database, *view[0], *view[1]));
    }
  }
  const HeldTo held = held_to(publishable(backup.baseline()->facts),
      publishable(facts_of(restored)), backup.is_dump(), subject, remade);
  const Comparable facts = without_losses(held.expected, held.observed, carrier_of(restored));
  std::vector<Finding> findings;
  for (const FactKind kind : every_fact_kind) {
    const auto of_kind = [&](const Fact& fact) { return fact.kind == kind; };
    if (std::any_of(held.expected.begin(), held.expected.end(), of_kind) ||
        std::any_of(held.observed.begin(), held.observed.end(), of_kind)) {
      findings.push_back(comparison_of(facts, kind, Marker{}));
      findings.back().question =
          fmt::format("is every fact of kind '{}' the one of the baseline?", name_of(kind));
      findings.back().expected = fmt::format("{} facts as in the baseline",
          std::count_if(held.expected.begin(), held.expected.end(), of_kind));
    }
  }
  return findings;
}

std::vector<Finding> ask_writes(Restored& restored, const Subject& subject) {
  Finding finding{.check = "serving",
      .question = "is a commit on the restored server there in the next session?",
      .expected = "it is",
      .verdict = Verdict::missed};
  if (!restored.serving) {
    finding.observed = restored.trouble;
    return {finding};
  }
  const std::string table = "pgrehearse_probe_" + Secret::random().reveal().substr(0, 12);
  bool there = false;
  try {
    restored.cluster.connect(subject.database)
        .exec("CREATE TABLE public." + identifier(table) + " AS SELECT 1 AS written");
    Session next = restored.cluster.connect(subject.database);
    there = next.value("SELECT written FROM public." + identifier(table)) == "1";
    next.exec("DROP TABLE public." + identifier(table));
  } catch (const QueryError& refusal) {
    finding.observed = refusal.message();
    return {finding};
  }
  restored.service_back = SteadyTime::now();
  finding.observed = there ? "it is" : "it is not";
  finding.verdict = there ? Verdict::met : Verdict::missed;
  return {finding};
}

}  // namespace

HeldTo held_to(const Facts& baseline, const Facts& observed, bool dump, const Subject& subject,
    const std::set<std::string>& remade) {
  const int drift = subject.artifact->drift;
  const bool roles = subject.artifact->owners && (!dump || !subject.artifact->globals.empty());
  const std::string of_database = subject.database + ": ";
  const auto counts = [&](const Fact& fact) {
    const bool inside = fact.name.starts_with(of_database);
    const bool moves = fact.kind == FactKind::content || fact.kind == FactKind::sequences;
    const bool carried =
        !dump || inside || (fact.kind == FactKind::roles && fact.name != "password of postgres");
    // The restored server runs with the harness' configuration, not with that of its origin.
    const bool configured = fact.kind == FactKind::server && fact.name.starts_with("setting ");
    const bool has_rows = fact.kind == FactKind::content || fact.kind == FactKind::rows;
    return carried && !configured && !(has_rows && remade.contains(fact.name)) &&
           (roles || fact.kind != FactKind::roles) && !(drift > 0 && moves);
  };
  HeldTo held;
  std::copy_if(baseline.begin(), baseline.end(), std::back_inserter(held.expected), counts);
  std::copy_if(observed.begin(), observed.end(), std::back_inserter(held.observed), counts);
  for (Fact& fact : held.expected) {
    if (drift == 0 || fact.kind != FactKind::rows) {
      continue;
    }
    const auto there = std::find_if(held.observed.begin(), held.observed.end(),
        [&](const Fact& other) { return other.kind == fact.kind && other.name == fact.name; });
    if (there != held.observed.end() && near(fact.value, there->value, drift)) {
      fact.value = there->value;
    }
  }
  return held;
}

Subject without_checks_of_a_baseline(Subject subject) {
  std::erase_if(subject.checks, [](const CheckSpec& check) {
    return parse_expectation(check.expect).operand == Operand::baseline;
  });
  return subject;
}

Question came_back_as_asked(const std::optional<Replica>& replica, const RecoveryTarget& target) {
  if (replica && std::holds_alternative<Latest>(target)) {
    return replayed_all_of(*replica);
  }
  return {.check = "recovery-ending",
      .sentence = "did the restore end where it was told to?",
      .ask = [target](Restored& restored) {
        return restored.loaded ? ask_load_end(restored) : ask_ending(restored, target);
      }};
}

Question has_every_fact_of(const OwnBackup& backup, const Subject& subject) {
  return {.check = "facts",
      .sentence = "is every fact of the cluster the one of the baseline?",
      .ask = [&backup, &subject](
                 Restored& restored) { return ask_facts(restored, backup, subject); }};
}

Question takes_writes(const Subject& subject) {
  return {.check = "serving",
      .sentence = "does the restored server take writes?",
      .phase = "switch",
      .ask = [&subject](Restored& restored) { return ask_writes(restored, subject); }};
}

}  // namespace pgrehearse
