// What a run would do with the backup that a team already has: which one it would take, and why.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/drill/subject.hpp"

namespace pgrehearse {

struct OwnBackupPlan {
  std::vector<std::pair<std::string, std::string>> lines = {};  ///< "its WAL", "..."
  bool found = false;                                           ///< there is one to restore
  std::int64_t bytes = 0;                                       ///< of it; 0: not known
};

/// Lists and reads, as a drill does before it restores; fetches no backup and opens none. What
/// stands in the way is a line.
[[nodiscard]] OwnBackupPlan plan_of_own_backup(const Subject& subject);

}  // namespace pgrehearse
