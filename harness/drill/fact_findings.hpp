// What comparing the facts of a restored cluster with those expected gives: a finding for each
// kind.
#pragma once

#include "harness/check/finding.hpp"
#include "harness/check/not_carried.hpp"
#include "harness/drill/marker.hpp"
#include "harness/drill/restored.hpp"

namespace pgrehearse {

/// All of them, read when they are first asked for.
[[nodiscard]] const Facts& facts_of(Restored& restored);

/// The check is named as the kind. Unknown where nothing was compared that cannot be missing, and
/// where what moved at the marker cannot be told from a difference.
[[nodiscard]] Finding comparison_of(const Comparable& facts, FactKind kind, const Marker& marker);

}  // namespace pgrehearse
