// erasures: is what was erased after the marker gone from the restored database too?
#include <algorithm>

#include <fmt/format.h>

#include "harness/check/capture.hpp"
#include "harness/drill/questions.hpp"

namespace pgrehearse {
namespace {

const Fact* find(const Facts& facts, FactKind kind, const std::string& name) {
  const auto found = std::find_if(facts.begin(), facts.end(),
      [&](const Fact& fact) { return fact.kind == kind && fact.name == name; });
  return found == facts.end() ? nullptr : &*found;
}

// What the restored database must show: the marker's facts, changed as the erasure changed them.
// A table whose content it changed is left to its count of rows.
Facts expected_after(const Erasure& erasure, const Facts& marker, FactKind kind) {
  Facts expected;
  for (const Fact& fact : marker) {
    if (fact.kind != kind) {
      continue;
    }
    const Fact* before = find(erasure.before, kind, fact.name);
    const Fact* after = find(erasure.after, kind, fact.name);
    const bool changed = before == nullptr || after == nullptr || *before != *after;
    if (!changed) {
      expected.push_back(fact);
    } else if (after != nullptr && kind != FactKind::content) {
      expected.push_back(*after);
    }
  }
  return expected;
}

bool is_rewritten(const Erasure& erasure, const std::string& name) {
  const Fact* before = find(erasure.before, FactKind::content, name);
  const Fact* after = find(erasure.after, FactKind::content, name);
  return before != nullptr && after != nullptr && *before != *after;
}

std::vector<Finding> ask_erasures(
    Restored& restored, const Erasure& erasure, const Marker& marker, const Subject& subject) {
  const std::string remaining =
      restored.cluster.connect(subject.database).value(subject.erasure->remaining);
  const Facts now =
      capture_facts([&](const std::string& name) { return restored.cluster.connect(name); });
  Finding finding{.check = "erasures",
      .question = "is what was erased after the marker gone here too, and nothing else?",
      .expected = "0 remaining; all other facts as at the marker"};
  std::size_t differences = 0;
  const Comparable facts = without_losses(marker.baseline, now, carrier_of(restored));
  for (const FactKind kind : every_fact_kind) {
    FactDiff diff = compare(expected_after(erasure, facts.expected, kind), facts.observed, kind);
    if (kind == FactKind::content) {
      std::erase_if(
          diff.extra, [&](const std::string& name) { return is_rewritten(erasure, name); });
    }
    differences += diff.missing.size() + diff.extra.size() + diff.different.size();
    add_details(finding, diff.missing, "is missing");
    add_details(finding, diff.extra, "should not be there");
    add_details(finding, diff.different, "differs");
  }
  finding.observed = fmt::format("{} came back with the restore, {} remaining, {} differences",
      erasure.came_back, remaining, differences);
  // Where nothing came back, nothing has been seen to be erased again.
  finding.verdict = remaining != "0" || differences > 0 ? Verdict::missed
                    : erasure.came_back > 0             ? Verdict::met
                                                        : Verdict::unknown;
  return {finding};
}

}  // namespace

Question has_erased_again(const Erasure& erasure, const Marker& marker, const Subject& subject) {
  return {.check = "erasures",
      .sentence = "is what was erased after the marker gone here too, and nothing else?",
      .ask = [&](Restored& restored) { return ask_erasures(restored, erasure, marker, subject); }};
}

}  // namespace pgrehearse
