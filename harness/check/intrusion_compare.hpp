// What was seen against what was there before: which differences are findings. No server needed.
#pragma once

#include <string>
#include <vector>

#include "harness/check/intrusion.hpp"

namespace pgrehearse {

/// What one look at a cluster gave, under the baseline's key.
struct IntrusionSight {
  std::vector<std::string> databases;  ///< looked into
  std::vector<IntrusionRow> rows;      ///< sorted
};

/// `own` are rows that the harness itself is responsible for. In a database that the baseline does
/// not have, what template1 has is expected, and nothing is missed. Sorted, each finding once.
[[nodiscard]] std::vector<IntrusionFinding> compare(const IntrusionBaseline& baseline,
    const std::vector<IntrusionRow>& own, const IntrusionSight& sight, RulePhase phase);

}  // namespace pgrehearse
