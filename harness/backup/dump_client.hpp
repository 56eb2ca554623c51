// Postgres' client programs for dumps, run beside the server that they read or fill.
#pragma once

#include <string>
#include <vector>

#include "harness/pg/cluster.hpp"

namespace pgrehearse {

/// `argv` as superuser through the server's socket; the password goes by the environment.
[[nodiscard]] Program dump_client(const Cluster& cluster, std::vector<std::string> argv);

/// Throws Error{program_failed, timed_out} without the program's words: they may hold values
/// ("Key (id)=(...) already exists").
void demand_success(const Completed& completed, const std::string& program);

}  // namespace pgrehearse
