// Whether a cluster's files hold what their structure promises: every table and every btree index
// is read and checked by Postgres' own amcheck, which in Postgres 15 knows no other kind of index.
//
// It sees damaged pages, missing files and indexes that do not agree with their tables. With data
// checksums off it cannot see a bit that flipped inside a value: only the content digest does.
#pragma once

#include <string>
#include <vector>

#include "harness/pg/cluster.hpp"

namespace pgrehearse {

/// One relation that is not sound. Names only.
struct Ailment {
  std::string relation;  ///< "bookings.public.events"
  std::string what;      ///< "a page fails its checksum", "its file is missing", ...
};

struct Examination {
  bool complete = false;  ///< amcheck went through every database
  std::string trouble = {};
  std::vector<Ailment> ailments = {};
};

/// Runs pg_amcheck (heapallindexed, parent-check) on every database, and leaves none with an
/// extension that it did not have. The cluster must be out of recovery.
[[nodiscard]] Examination examine(const Cluster& cluster);

/// What pg_amcheck prints, read: for tests, and for examine.
[[nodiscard]] std::vector<Ailment> ailments_in(const std::string& amcheck_output);

}  // namespace pgrehearse
