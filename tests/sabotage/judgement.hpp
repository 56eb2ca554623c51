// When a sabotage counts as killed: pure functions of what a drill found, so that the judge can be
// tried without a drill, and be tried itself with an oracle that always says yes.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "harness/check/finding.hpp"

namespace pgrehearse {

/// Where a sabotage must turn the drill red: at this check, and where the cause has a name, with
/// these words in what is observed there or in its details.
struct Red {
  std::string check = {};
  std::string cause = {};

  Red() = default;
  // A check alone is how most sabotages say it.
  Red(const char* named) : check(named) {}             // NOLINT(*-explicit-*)
  Red(std::string named) : check(std::move(named)) {}  // NOLINT(*-explicit-*)
  Red(std::string named, std::string why) : check(std::move(named)), cause(std::move(why)) {}
};

[[nodiscard]] inline bool names(const Finding& finding, const std::string& cause) {
  const auto has_it = [&](const std::string& text) {
    return text.find(cause) != std::string::npos;
  };
  return has_it(finding.observed) ||
         std::any_of(finding.details.begin(), finding.details.end(), has_it);
}

/// Missed at that check, for that cause.
[[nodiscard]] inline bool is_red_at(const std::vector<Finding>& findings, const Red& red) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.check == red.check && finding.verdict == Verdict::missed &&
           names(finding, red.cause);
  });
}

/// The checks that are missed, each once, in the order in which they were.
[[nodiscard]] inline std::vector<std::string> missed_in(const std::vector<Finding>& findings) {
  std::vector<std::string> checks;
  for (const Finding& finding : findings) {
    if (finding.verdict == Verdict::missed &&
        std::find(checks.begin(), checks.end(), finding.check) == checks.end()) {
      checks.push_back(finding.check);
    }
  }
  return checks;
}

/// The oracle stub: what the same drill would have found, had this check always said "met". It is
/// exact, since no answer of a check steers a drill: a drill files its findings and goes on.
[[nodiscard]] inline std::vector<Finding> with_stub(
    std::vector<Finding> findings, const std::string& check) {
  for (Finding& finding : findings) {
    if (finding.check == check) {
      finding.verdict = Verdict::met;
    }
  }
  return findings;
}

}  // namespace pgrehearse
