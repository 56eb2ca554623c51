// A restorable unit, as the harness knows it: whichever tool took it, and kept outside of what may
// be damaged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/engine/instance.hpp"
#include "harness/pg/lsn.hpp"

namespace pgrehearse {

struct BackupSet {
  std::string id;  ///< the harness' own name, unique in the volume: "full-1"
  std::string volume;
  std::string digest_list = {};  ///< text: "<sha256> <bytes> <path>" a line; empty: the tool's care
  Lsn start = {};                ///< replay begins here, or a little later
  Lsn end = {};                  ///< a recovery target must lie after it
  TimelineId timeline{1};
  SteadyTime taken = {};  ///< when it was complete; what was committed before may not be in its WAL
  std::int64_t files = 0;
  std::int64_t bytes = 0;
  std::string label = {};     ///< the tool's name for it: "20261121-114558F"
  std::string folder = {};    ///< below the volume: holds what belongs to this set and to no other
  std::string database = {};  ///< the one a logical set holds
  std::vector<std::string> complaints = {};  ///< what the tool warned of, without values
};

struct BackupVerification {
  bool usable = false;
  std::string problem = {};  ///< names only: which tool said no
  std::string by = {};       ///< "pg_verifybackup agrees with its manifest"
};

/// Counts files and bytes out of the digest list.
void count_files(BackupSet& set);
/// Copies the set into an empty or a new folder, comparing every byte with its digest list on the
/// way. Throws Error{backup_unusable} naming the files that differ; then the folder is empty again.
void copy_verified(Instance& instance, const BackupSet& set, const std::string& into);

}  // namespace pgrehearse
