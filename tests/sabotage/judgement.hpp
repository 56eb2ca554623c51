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

/// Missed at this check before any other, and at that one as well.
[[nodiscard]] inline bool is_red_first_at(
    const std::vector<Finding>& findings, const std::string& first, const std::string& check) {
  const std::vector<std::string> missed = missed_in(findings);
  return !missed.empty() && missed.front() == first &&
         std::find(missed.begin(), missed.end(), check) != missed.end();
}

/// Something was asked, and every answer is yes.
[[nodiscard]] inline bool is_green(const std::vector<Finding>& findings) {
  return !findings.empty() &&
         std::all_of(findings.begin(), findings.end(),
             [](const Finding& finding) { return finding.verdict == Verdict::met; });
}

/// Each of these checks was asked, and none of them answered, neither well nor badly.
[[nodiscard]] inline bool is_unanswered(
    const std::vector<Finding>& findings, const std::vector<std::string>& checks) {
  return std::all_of(checks.begin(), checks.end(), [&](const std::string& check) {
    const auto is_it = [&](const Finding& finding) { return finding.check == check; };
    return std::any_of(findings.begin(), findings.end(), is_it) &&
           std::none_of(findings.begin(), findings.end(), [&](const Finding& finding) {
             return is_it(finding) && finding.verdict != Verdict::unknown;
           });
  });
}

/// The verdict on a sabotage. A drill that was not red as it must be, and that ended with an error,
/// may never have been broken: that is not proven, and no survivor.
[[nodiscard]] inline Verdict judged(bool as_it_must, const std::string& error) {
  return as_it_must ? Verdict::met : error.empty() ? Verdict::missed : Verdict::unknown;
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
