// When a sabotage counts as killed: pure functions of what a drill found, so that the judge can be
// tried without a drill, and be tried itself with an oracle that always says yes.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/check/finding.hpp"

namespace pgrehearse {

/// A check that can be missed in one way only: then its name is the cause, and it says no more than
/// a measured value.
struct OneWayCheck {
  std::string_view check = {};
  std::string_view why = {};  ///< why there is no other way
};

inline constexpr std::array one_way_checks{
    OneWayCheck{"rpo", "the measured loss is above its bound; what was not measured is unknown"},
    OneWayCheck{"rto", "the measured time is above its bound; what was not measured is unknown"},
};

[[nodiscard]] inline bool has_one_way(const std::string& check) {
  return std::any_of(one_way_checks.begin(), one_way_checks.end(),
      [&](const OneWayCheck& one) { return one.check == check; });
}

/// Where a sabotage must turn the drill red, and why: at this check, with these words in what is
/// observed there or in its details. Words of the harness or of Postgres, which every tool, engine
/// and subject have in common.
struct Red {
  std::string check = {};
  std::vector<std::string> causes = {};  ///< any of them; none only for a check that has one way

  Red() = default;
  Red(std::string named, std::string why) : check(std::move(named)), causes{std::move(why)} {}

  /// The same cause, where another backup tool or engine has other words for it.
  [[nodiscard]] Red or_because(std::string why) const {
    Red red = *this;
    red.causes.push_back(std::move(why));
    return red;
  }
};

/// Where a drill must not know, and why: neither green nor red at this check.
using Doubt = Red;

/// Red at a check of `one_way_checks`.
[[nodiscard]] inline Red in_its_one_way(std::string check) {
  Red red;
  red.check = std::move(check);
  return red;
}

[[nodiscard]] inline bool names(const Finding& finding, const std::string& cause) {
  const auto has_it = [&](const std::string& text) {
    return text.find(cause) != std::string::npos;
  };
  return !cause.empty() && (has_it(finding.observed) ||
                               std::any_of(finding.details.begin(), finding.details.end(), has_it));
}

/// One of its causes is named there. Without a cause none is, but where there is one way.
[[nodiscard]] inline bool says_why(const Finding& finding, const Red& red) {
  return red.causes.empty() ? has_one_way(red.check)
                            : std::any_of(red.causes.begin(), red.causes.end(),
                                  [&](const std::string& why) { return names(finding, why); });
}

/// Missed at that check, for that cause.
[[nodiscard]] inline bool is_red_at(const std::vector<Finding>& findings, const Red& red) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.check == red.check && finding.verdict == Verdict::missed &&
           says_why(finding, red);
  });
}

/// What is said where this check has that verdict: for whoever looks for the cause of a red that is
/// another one than it should be.
[[nodiscard]] inline std::vector<std::string> said_at(const std::vector<Finding>& findings,
    const std::string& check, Verdict verdict = Verdict::missed) {
  std::vector<std::string> said;
  for (const Finding& finding : findings) {
    if (finding.check == check && finding.verdict == verdict) {
      said.push_back(finding.observed);
      said.insert(said.end(), finding.details.begin(), finding.details.end());
    }
  }
  return said;
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

/// Missed at the first check before any other, and at the later one as well, each for its cause.
[[nodiscard]] inline bool is_red_first_at(
    const std::vector<Finding>& findings, const Red& first, const Red& later) {
  const std::vector<std::string> missed = missed_in(findings);
  return !missed.empty() && missed.front() == first.check && is_red_at(findings, first) &&
         is_red_at(findings, later);
}

/// Something was asked, and every answer is yes.
[[nodiscard]] inline bool is_green(const std::vector<Finding>& findings) {
  return !findings.empty() &&
         std::all_of(findings.begin(), findings.end(),
             [](const Finding& finding) { return finding.verdict == Verdict::met; });
}

/// Each of these checks was asked, and none of them answered, neither well nor badly, for its
/// cause.
[[nodiscard]] inline bool is_unanswered(
    const std::vector<Finding>& findings, const std::vector<Doubt>& doubts) {
  return std::all_of(doubts.begin(), doubts.end(), [&](const Doubt& doubt) {
    const auto is_it = [&](const Finding& finding) { return finding.check == doubt.check; };
    return std::any_of(findings.begin(), findings.end(), is_it) &&
           std::all_of(findings.begin(), findings.end(), [&](const Finding& finding) {
             return !is_it(finding) ||
                    (finding.verdict == Verdict::unknown && says_why(finding, doubt));
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
