// After a restore that failed: nothing is left that somebody could take for a restored database.
#pragma once

#include <string>

#include "harness/pg/cluster.hpp"

namespace pgrehearse {

/// Removes all that is in the data directory, and not the directory. Throws Error{program_failed}.
void empty_data_directory(Instance& instance);
/// Ends its sessions too; nothing when there is no such database. Throws what Session throws.
void drop_database(Cluster& cluster, const std::string& database);

}  // namespace pgrehearse
