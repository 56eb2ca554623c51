// What region B has of region A, brought to an instance of B, and what a restore of it must hold.
#pragma once

#include <string>
#include <vector>

#include "harness/backup/base_backup.hpp"
#include "harness/drill/archive_before.hpp"
#include "harness/drill/source.hpp"

namespace pgrehearse {

/// Where a restore happens.
struct RestorePlace {
  DrillVolumes volumes;
  std::string network = {};      ///< of the engine; empty: its own
  Instance* instance = nullptr;  ///< with an empty data directory, the drill's; null: a new one
  std::string superuser = "postgres";  ///< of the cluster that is restored there
};

struct Replica {
  RestorePlace place;             ///< its instance is used up by the first restore
  BackupSet set;                  ///< the newest, as B's store tells it
  std::string last_segment = {};  ///< the newest that arrived
  std::vector<Xid> commits = {};  ///< all that the WAL holds from the set's start to there
  Lsn last_commit = {};           ///< start of the last one's record
  ArchiveBefore archive = {};     ///< what arrived, before anything was recovered from it
};

}  // namespace pgrehearse
