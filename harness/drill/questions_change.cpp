#include "harness/drill/questions_change.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/check/capture.hpp"
#include "harness/drill/roll_back.hpp"

namespace pgrehearse {
namespace {

std::vector<Finding> ask_rollback(
    Restored& restored, const SchemaChange& change, Run& run, const Source& source) {
  Finding finding{.check = "rollback",
      .question = "do the rows of the base survive when the new migrations are taken back?",
      .expected = "tables, rows, contents and definitions are those of the base"};
  try {
    roll_back(run.subject, change.versions, source.hook(restored.cluster, "rollback"));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::query_failed && error.code() != ErrorCode::program_failed) {
      throw;
    }
    finding.verdict = Verdict::missed;
    finding.observed = error.message();
    return {finding};
  }
  const Facts now = capture_facts(
      [&](const std::string& database) { return restored.cluster.connect(database); });
  std::size_t differences = 0;
  for (const FactKind kind : {FactKind::rows, FactKind::content, FactKind::schema}) {
    const FactDiff diff = compare(change.before, now, kind);
    add_details(finding, diff.missing, fmt::format("is missing ({})", name_of(kind)));
    add_details(finding, diff.extra, fmt::format("was left behind ({})", name_of(kind)));
    add_details(finding, diff.different, fmt::format("is not as before ({})", name_of(kind)));
    differences += diff.missing.size() + diff.extra.size() + diff.different.size();
  }
  finding.observed = differences == 0
                         ? fmt::format("{} taken back, and they are", change.versions.size())
                         : fmt::format("{} facts are not as before", differences);
  finding.verdict = differences == 0 ? Verdict::met : Verdict::missed;
  return {finding};
}

}  // namespace

Question gives_the_base_back(const SchemaChange& change, Run& run, const Source& source) {
  return {.check = "rollback",
      .sentence = "can the new migrations be taken back without losing a row?",
      .ask = [&change, &run, &source](
                 Restored& restored) { return ask_rollback(restored, change, run, source); }};
}

}  // namespace pgrehearse
