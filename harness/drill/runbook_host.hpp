// The host that a team's runbook finds in a drill: an instance, its environment, its pg_ctl.
#pragma once

#include <string>
#include <vector>

#include "harness/backup/backup_set.hpp"
#include "harness/drill/marker.hpp"
#include "harness/drill/source.hpp"
#include "harness/pg/cluster.hpp"
#include "harness/runbook/plan.hpp"

namespace pgrehearse {

class RunbookHost {
 public:
  /// `cluster` is what the runbook makes; its instance outlives the host. Puts there a pg_ctl that
  /// gives each server it starts what the service of a host would: where it listens, where it logs,
  /// and no archiving, which would write into the archive that the drill proves untouched.
  RunbookHost(Cluster& cluster, const Source& source, const BackupSet& set, const Marker& marker,
      const std::string& database);

  /// As bash runs it, with the variables of docs/guides/own-runbook.md. How it ended is for the
  /// caller to judge; what it wrote is not to be repeated.
  Completed run(const RunbookStep& step);

 private:
  Cluster& cluster_;
  std::string programs_;  ///< the folder of that pg_ctl
  std::vector<EnvVar> env_;
};

}  // namespace pgrehearse
