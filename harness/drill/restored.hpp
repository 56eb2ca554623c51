// A restored database, and everything that is known of how its recovery went.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/backup/archive.hpp"
#include "harness/base/time.hpp"
#include "harness/check/capture.hpp"
#include "harness/check/fact.hpp"
#include "harness/check/not_carried.hpp"
#include "harness/pg/cluster.hpp"
#include "harness/pg/control_data.hpp"
#include "harness/pg/recovery_log.hpp"
#include "harness/pg/recovery_target.hpp"

namespace pgrehearse {

/// The instance belongs to the drill. A restore that went wrong is still a Restored: it is not
/// serving, and says why.
struct Restored {
  Cluster cluster;
  RecoveryTarget target;
  ServerSettings settings = {};  ///< those the harness gave it
  bool serving = false;          ///< out of recovery and answering
  std::string trouble = {};      ///< why it is not serving
  RecoveryEnding ending = {};    ///< as the server log tells it
  std::optional<ControlData> control = {};
  std::vector<SegmentRequest> requests = {};  ///< what recovery asked the archive for
  /// Only our own restore_command notes requests; of others the server log tells those it got.
  bool requests_from_log = false;
  bool loaded = false;  ///< by SQL into a new cluster: no recovery, and transactions of its own
  bool live = false;    ///< not restored at all: the source itself, mended in place
  Reading reading = Reading::everything;  ///< how its facts are captured
  std::optional<Facts> facts = {};        ///< captured when a question first needs them
  std::string own_token = {};             ///< written on it, and proven not to be on the source
  std::optional<SteadyTime> service_back =
      {};  ///< first write through the application's way, read back
};

/// How its facts came to it.
[[nodiscard]] inline Carrier carrier_of(const Restored& restored) {
  return restored.live     ? Carrier::nothing
         : restored.loaded ? Carrier::dump
                           : Carrier::data_directory;
}

}  // namespace pgrehearse
