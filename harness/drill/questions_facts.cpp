// rows, content, sequences, schema, roles, extensions, server; what the subject itself asks;
// migrations.
#include <fmt/format.h>

#include "harness/check/capture.hpp"
#include "harness/drill/expectation.hpp"
#include "harness/drill/fact_findings.hpp"
#include "harness/drill/migrate.hpp"
#include "harness/drill/questions.hpp"

namespace pgrehearse {
namespace {

Finding ask_subject_check(
    const CheckSpec& check, const Marker& marker, Restored& restored, const std::string& database) {
  Finding finding{.check = "subject:" + check.id,
      .question = fmt::format("does drill.yaml's check '{}' hold?", check.id),
      .expected = check.expect};
  try {
    Session session = restored.cluster.connect(database);
    return finding_of_check(check, marker, session.value(check.sql));
  } catch (const Error& error) {
    finding.observed = "could not ask";
    finding.details.push_back(error.message());
  }
  return finding;
}

std::vector<Finding> ask_migrations(Restored& restored, Run& run, const Source& source) {
  const Facts before = facts_of(restored);
  Finding finding{.check = "migrations-current",
      .question = "does running the migrations again do nothing?",
      .expected = "nothing applied, schema and row counts unchanged"};
  MigrationOutcome outcome;
  try {
    outcome = migrate(run.subject, source.hook(restored.cluster, "migrate-again"));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::query_failed && error.code() != ErrorCode::program_failed) {
      throw;
    }
    finding.verdict = Verdict::missed;
    finding.observed = "running them again fails";
    finding.details.push_back(error.message());
    return {finding};
  }
  const Facts after =
      capture_facts([&](const std::string& database) { return restored.cluster.connect(database); },
          {}, Reading::without_content);
  const FactDiff schema = compare(before, after, FactKind::schema);
  const FactDiff rows = compare(before, after, FactKind::rows);
  finding.observed = fmt::format("{} applied, schema {}, row counts {}",
      outcome.by_command ? std::string{"by command:"} : fmt::format("{}", outcome.applied),
      schema.empty() ? "unchanged" : "changed", rows.empty() ? "unchanged" : "changed");
  finding.verdict =
      outcome.applied == 0 && schema.empty() && rows.empty() ? Verdict::met : Verdict::missed;
  add_details(finding, schema.different, "was changed by a migration");
  add_details(finding, schema.extra, "was added by a migration");
  add_details(finding, schema.missing, "was removed by a migration");
  return {finding};
}

}  // namespace

Finding finding_of_check(const CheckSpec& check, const Marker& marker, const std::string& answer) {
  Finding finding{.check = "subject:" + check.id,
      .question = fmt::format("does drill.yaml's check '{}' hold?", check.id),
      .expected = check.expect};
  const Expectation expectation = parse_expectation(check.expect);
  const auto at = marker.check_values.find(check.id);
  const bool has_baseline = at != marker.check_values.end();
  finding.verdict =
      expectation.holds(answer, has_baseline ? std::optional{at->second} : std::nullopt);
  finding.observed = finding.verdict == Verdict::met      ? "it holds"
                     : finding.verdict == Verdict::missed ? "it does not hold"
                                                          : "no baseline to compare with";
  const std::size_t moved = marker.movement.transactions.size();
  if (finding.verdict == Verdict::missed && expectation.operand == Operand::baseline &&
      (moved > 0 || marker.clients_went_on)) {
    finding.verdict = Verdict::unknown;
    finding.observed =
        marker.clients_went_on
            ? std::string{"it does not hold, but clients went on after the baseline"}
            : fmt::format(
                  "it does not hold, but clients committed {} times between the baseline "
                  "and the marker",
                  moved);
  }
  return finding;
}

Question has_every_fact_of(const Marker& marker, const std::string& database) {
  return {.check = "facts",
      .sentence = "is every fact of the cluster the one of the marker?",
      .ask = [&marker, database](Restored& restored) {
        Facts observed = facts_of(restored);
        if (!marker.movement.tables.empty()) {
          Session session = restored.cluster.connect(database);
          observed = without_new_rows(session, observed, marker.movement);
        }
        const Comparable facts = without_losses(marker.baseline, observed, carrier_of(restored));
        std::vector<Finding> findings;
        for (const FactKind kind : every_fact_kind) {
          findings.push_back(comparison_of(facts, kind, marker));
        }
        return findings;
      }};
}

Question has_current_migrations(Run& run, const Source& source) {
  return {.check = "migrations-current",
      .sentence = "does running the migrations again do nothing?",
      .phase = "migrate",
      .ask = [&run, &source](Restored& restored) { return ask_migrations(restored, run, source); }};
}

Question answers_the_subjects_checks(const Subject& subject, const Marker& marker) {
  return {.check = "subject-checks",
      .sentence = "do the checks of drill.yaml hold?",
      .ask = [&subject, &marker](Restored& restored) {
        std::vector<Finding> findings;
        for (const CheckSpec& check : subject.checks) {
          findings.push_back(ask_subject_check(check, marker, restored, subject.database));
        }
        return findings;
      }};
}

}  // namespace pgrehearse
