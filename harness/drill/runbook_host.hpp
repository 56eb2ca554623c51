// The host that a team's runbook finds in a drill: an instance, its environment, its pg_ctl.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/backup/backup_set.hpp"
#include "harness/drill/marker.hpp"
#include "harness/drill/source.hpp"
#include "harness/pg/cluster.hpp"
#include "harness/runbook/plan.hpp"

namespace pgrehearse {

/// Names and values of variables.
using RunbookVariables = std::vector<std::pair<std::string, std::string>>;

/// Where a runbook finds the base backup and the archive, and where it must stop.
[[nodiscard]] RunbookVariables base_backup_for_runbook(
    const Cluster& cluster, const Source& source, const BackupSet& set, const Marker& marker);
/// Where it finds the dump and the roles.
[[nodiscard]] RunbookVariables dump_for_runbook(const Cluster& cluster, const BackupSet& set);

class RunbookHost {
 public:
  /// `cluster` is what the runbook makes; its instance outlives the host. Puts there a pg_ctl that
  /// gives each server it starts what the service of a host would: where it listens, where it logs,
  /// and no archiving, which would write into the archive that the drill proves untouched.
  RunbookHost(Cluster& cluster, const std::string& database, const RunbookVariables& backup);

  /// As bash runs it, with the variables of docs/guides/own-runbook.md. How it ended is for the
  /// caller to judge; what it wrote is not to be repeated.
  Completed run(const RunbookStep& step);

 private:
  Cluster& cluster_;
  std::string programs_;  ///< the folder of that pg_ctl
  std::vector<EnvVar> env_;
};

}  // namespace pgrehearse
