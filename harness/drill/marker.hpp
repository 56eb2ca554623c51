// A named position in the source's history, the facts of the cluster there, and the exact set of
// commits that a restore to it must hold. All of it is kept here, outside Postgres.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/check/capture.hpp"
#include "harness/check/fact.hpp"
#include "harness/drill/reconcile.hpp"
#include "harness/pg/lsn.hpp"
#include "harness/pg/recovery_target.hpp"

namespace pgrehearse {

/// One captured instant: time, LSN and timeline of the restore point come from one statement.
struct Position {
  std::string restore_point;  ///< unique: "<run-id>/<drill>/<label>", at most 63 bytes
  Timestamp time = {};        ///< the server's clock_timestamp()
  Lsn lsn = {};               ///< what pg_create_restore_point returned: the end of its record
  TimelineId timeline{1};
};

struct Marker {
  Position position;
  Lsn record_start = {};   ///< where the restore point's record begins, as the WAL has it
  SteadyTime before = {};  ///< just before the restore point was asked for
  SteadyTime after = {};   ///< just after it was answered
  bool under_load = false;
  Facts baseline = {};
  Reading reading = Reading::everything;                 ///< how the baseline was read
  std::map<std::string, std::string> check_values = {};  ///< of drill.yaml's checks, by id
  std::vector<Xid> commits =
      {};  ///< WAL oracle: committed before the restore point, since the backup
  SteadyTime commits_since = {};  ///< when that backup was complete: earlier commits may be missing
  bool clients_went_on = false;   ///< until_now(): what clients change may differ from the baseline
  std::string last_segment = {};  ///< the archive is proven up to here
  std::string segment_sha256 = {};  ///< of last_segment, as the archive gave it back
  /// What committed between the facts' snapshot and the restore point; the baseline's rows and
  /// content are already without the row versions that it replaced.
  Movement movement = {};
};

/// The target that asks recovery to stop exactly at the marker.
[[nodiscard]] inline RecoveryTarget to(const Marker& marker) {
  return AtName{marker.position.restore_point};
}

/// The target that stops replay just before the commit of one transaction.
[[nodiscard]] inline RecoveryTarget just_before(Xid transaction) {
  return AtXid{transaction, false};
}

/// The same baseline for a database that gave up nothing: all that clients did until now is within.
[[nodiscard]] Marker until_now(Marker marker);

}  // namespace pgrehearse
