// What a drill asks of a server that a team's runbook has restored, and of no other.
#pragma once

#include "harness/drill/question.hpp"

namespace pgrehearse {

/// recovery-ending: it stopped at a target and was promoted. Which target the runbook named is its
/// own business: exact-set says whether it was the right one. Where it loads a dump there is no
/// recovery to end.
[[nodiscard]] Question stopped_where_its_runbook_said();

}  // namespace pgrehearse
