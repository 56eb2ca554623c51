// Objectives by the way a database is backed up, for whoever has not agreed on figures yet.
#pragma once

#include <string_view>

#include "harness/drill/subject.hpp"

namespace pgrehearse {

/// The bounds of "daily-backup", "hourly-backup", "staging" or "pitr": the tiers that runbooks
/// commonly promise. Another name is Error{bad_config}.
[[nodiscard]] Objectives objective_profile(std::string_view name);

}  // namespace pgrehearse
