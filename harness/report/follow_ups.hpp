// The gaps that a run found, as a list that somebody owns: what, found where, by whom, until when.
#pragma once

#include <string>
#include <vector>

#include "harness/drill/record.hpp"

namespace pgrehearse {

struct FollowUp {
  Verdict verdict = Verdict::missed;  ///< of what was found; met: a gap beside a green verdict
  std::string subject;                ///< the check, objective or "drill"
  std::string what;                   ///< a sentence
  std::string owner = {};             ///< empty: a blank to sign
  std::string due = {};               ///< "2026-12-05"; empty: a blank to sign
};

/// Of one drill: everything missed or not proven, then alerts that were not over at its end, and
/// warnings. Owner and due date come from the run's settings follow-up-owner and follow-up-within,
/// counted from the end of the drill; what is not known there stays a blank. Texts are raw.
[[nodiscard]] std::vector<FollowUp> follow_ups_of(
    const RunRecord& record, const DrillRecord& drill);

}  // namespace pgrehearse
