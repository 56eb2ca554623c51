// Schedules die silently: how old the last good evidence of each scenario is.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/time.hpp"

namespace pgrehearse {

/// The newest run in which every case of a scenario that ran was met, or none of them applies to
/// what was drilled: what drill.yaml does not describe cannot be overdue.
struct Evidence {
  std::string scenario;
  std::optional<Timestamp> end = {};  ///< nothing: there was none
  std::filesystem::path record = {};
  int cases = 0;                    ///< how many of the scenario were met in it
  std::string not_applicable = {};  ///< why none of them applies; empty: some do
};

struct EvidenceFolder {
  std::vector<Evidence> scenarios = {};  ///< one for each that was asked for, in that order
  std::vector<std::filesystem::path> unread = {};  ///< record.json files that are none
};

/// Looks at every record.json below `folder`. Runs that ended after `now` are no evidence: some
/// clock is wrong. Trials of the drill (prove) are none either. Throws Error{io} when there is no
/// such folder.
[[nodiscard]] EvidenceFolder evidence_in(
    const std::filesystem::path& folder, const std::vector<std::string>& scenarios, Timestamp now);

}  // namespace pgrehearse
