#include "harness/drill/fact_findings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/check/capture.hpp"

namespace pgrehearse {
namespace {

// What the WAL cannot tell row by row is unknown, never met.
bool is_untold(const Marker& marker, FactKind kind, const std::string& name) {
  const std::vector<std::string>& untold = marker.movement.untold;
  return (kind == FactKind::content || kind == FactKind::rows) &&
         std::find(untold.begin(), untold.end(), name) != untold.end();
}

// Those of the names that would hand out again what rows hold.
std::vector<std::string> overtaken(const std::vector<std::string>& names, const Facts& observed) {
  std::vector<std::string> found;
  for (const Fact& fact : observed) {
    if (fact.kind == FactKind::sequences && fact.value.ends_with(behind_its_column) &&
        std::find(names.begin(), names.end(), fact.name) != names.end()) {
      found.push_back(fact.name);
    }
  }
  return found;
}

// Where the facts of the marker come from: read there, or read before it and followed in the WAL.
std::string source_of(const Marker& marker, FactKind kind) {
  const bool of_rows = kind == FactKind::content || kind == FactKind::rows;
  const std::size_t followed = of_rows ? marker.movement.tables.size() : 0;
  return followed == 0 ? "" : fmt::format(", {} of them followed there in the WAL", followed);
}

}  // namespace

const Facts& facts_of(Restored& restored) {
  if (!restored.facts) {
    restored.facts = capture_facts(
        [&](const std::string& database) { return restored.cluster.connect(database); }, {},
        restored.reading);
  }
  return *restored.facts;
}

Finding comparison_of(const Comparable& facts, FactKind kind, const Marker& marker) {
  FactDiff diff = compare(facts.expected, facts.observed, kind);
  const std::size_t before = diff.different.size();
  std::erase_if(
      diff.different, [&](const std::string& name) { return is_untold(marker, kind, name); });
  // A database may well have no sequence at all; without tables, definitions or roles there was
  // nothing to compare, and that proves nothing.
  const bool may_be_empty = kind == FactKind::sequences || kind == FactKind::extensions;
  const bool unproven = (diff.compared == 0 && !may_be_empty) || before != diff.different.size();
  Finding finding{.check = std::string{name_of(kind)},
      .question = fmt::format("is every fact of kind '{}' the one of the marker?", name_of(kind)),
      .expected =
          fmt::format("{} facts as at the marker{}", diff.compared, source_of(marker, kind)),
      .observed = fmt::format("{} missing, {} extra, {} different", diff.missing.size(),
          diff.extra.size(), diff.different.size())};
  finding.verdict = !diff.empty() ? Verdict::missed : unproven ? Verdict::unknown : Verdict::met;
  add_details(finding, diff.missing, "is missing");
  add_details(finding, diff.extra, "should not be there");
  add_details(finding, diff.different, "differs");
  if (kind == FactKind::sequences) {
    add_details(
        finding, overtaken(diff.different, facts.observed), "is behind a column that it feeds");
  }
  if (unproven) {
    add_details(finding, marker.movement.untold, "moved at the marker and cannot be reconciled");
  }
  std::size_t not_carried = 0;
  for (const Explained& difference : facts.explained) {
    if (difference.kind == kind) {
      ++not_carried;
      add_details(finding, {difference.name},
          fmt::format("is not carried by this kind of backup: {}", difference.reason));
    }
  }
  if (not_carried > 0) {
    finding.observed += fmt::format(", {} not carried by this kind of backup", not_carried);
  }
  return finding;
}

}  // namespace pgrehearse
