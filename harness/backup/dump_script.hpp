// Loads the SQL scripts of pg_dump and pg_dumpall, and lets them be nothing more than SQL.
//
// psql does for a script whatever its meta-commands say: `\!` and `\copy ... program` run programs
// as the account that loads it. Scripts restrict themselves since 15.14, with a word that stands in
// them; who writes the script can lift that. So here each runs under a word of ours. What a script
// may still order is the server's to do (COPY ... PROGRAM, an event trigger): it happens inside the
// instance, which is as far as its engine isolates.
#pragma once

#include <string>
#include <vector>

#include "harness/pg/cluster.hpp"

namespace pgrehearse {

/// Roles and what else belongs to the cluster; the superuser is there already. Returns what psql
/// warned of. Throws Error{backup_unusable} for a script with a meta-command, Error{program_failed}
/// for one that fails.
std::vector<std::string> load_globals(const Cluster& cluster, const std::string& script);

/// A plain dump made with --create, by pg_dump 15.14 or later: a part that makes the database, and
/// one that fills it. The file, on the instance, is used up. Returns and throws as load_globals.
std::vector<std::string> load_plain_dump(
    const Cluster& cluster, const std::string& file, const std::string& database);

/// A script of pg_dump or pg_dumpall of any version, whole: what it says for other databases by
/// \connect is run in those, and what stands before that in `database`, which is made unless the
/// script makes one itself. The file, on the instance, is used up. Returns and throws as
/// load_globals, and Error{backup_unusable} when the script's last line is missing.
std::vector<std::string> load_any_script(
    const Cluster& cluster, const std::string& file, const std::string& database);

}  // namespace pgrehearse
