// What in a restored cluster would call other systems if it could: an inventory, by name. A
// connection string, an option or a command is never part of it.
#pragma once

#include <string>
#include <vector>

#include "harness/pg/cluster.hpp"

namespace pgrehearse {

/// The names that a postgresql.conf or postgresql.auto.conf sets to something, in its order. What
/// it includes is not looked into.
[[nodiscard]] std::vector<std::string> settings_in(const std::string& conf);

/// Those of `settings` that make a server call, or start a program that may.
[[nodiscard]] std::vector<std::string> reaching_settings(const std::vector<std::string>& settings);

/// Of a server that answers: "subscription feed in shop, enabled", "foreign server crm in shop",
/// "jobs of cron.job in shop: 2". Functions are not read: what they call is not known.
[[nodiscard]] std::vector<std::string> reaching_objects(const Cluster& cluster);

}  // namespace pgrehearse
