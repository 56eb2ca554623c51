// What was lost, how long it took, and whether that is what the business asked for.
#pragma once

#include <chrono>
#include <vector>

#include "harness/check/finding.hpp"
#include "harness/drill/marker.hpp"
#include "harness/drill/record.hpp"
#include "harness/drill/restored.hpp"
#include "harness/drill/source.hpp"
#include "harness/incident/incident.hpp"

namespace pgrehearse {

/// The commits a restored database holds, asked of its own commit table.
struct RestoredCommit {
  int writer = 0;
  std::int64_t sequence = 0;
  Xid xid{};
  std::optional<Timestamp> committed = {};
};
[[nodiscard]] std::vector<RestoredCommit> restored_commits(
    Restored& restored, const std::string& database);

/// Fills record.ledger, and the realized RPO into record.objectives: count and time.
///
/// Lost: acknowledged before the incident, absent. Discarded: acknowledged after it, absent. The
/// time is incident minus the commit timestamp of the newest survivor that was acknowledged before
/// the first lost commit: with a hole in the middle the newest row found would flatter. Nothing is
/// filled in when the restored database cannot be asked: NOT MEASURED is not 0.
void measure_loss(DrillRecord& record, Restored& restored, const Source& source,
    const Marker& marker, const Injury& injury, const std::string& database);

/// Findings "rpo" and "rto", one per objective that drill.yaml sets for the scenario. A recovery
/// time exists only when the service came back and no finding so far is missed: a restore that is
/// wrong was not achieved, however quick.
[[nodiscard]] std::vector<Finding> judge_objectives(DrillRecord& record, const Subject& subject,
    const Restored& restored, std::chrono::nanoseconds recovery_time);

}  // namespace pgrehearse
