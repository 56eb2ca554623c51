// Which reports of earlier runs may go: evidence is kept as long as somebody may ask for it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/base/time.hpp"

namespace pgrehearse {

struct OldReports {
  std::vector<std::filesystem::path> to_delete = {};  ///< folders of runs, oldest first
  /// Old enough, and kept all the same: "<folder>: <why>".
  std::vector<std::string> kept = {};
};

/// Looks at every folder with a record.json below `folder`, but for those of single cases of a run.
/// A run that ended before `before` may go, unless it is the last good evidence of a scenario, or
/// its folder holds anything that no run writes. Throws Error{io} when there is no such folder.
[[nodiscard]] OldReports old_reports_in(const std::filesystem::path& folder, Timestamp before);

/// Removes them. Throws Error{io} at the first that cannot be removed.
void delete_reports(const OldReports& reports);

}  // namespace pgrehearse
