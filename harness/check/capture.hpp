// Reads every fact of a cluster: cluster-wide ones, and those of each database that takes
// connections.
#pragma once

#include <functional>
#include <string>

#include "harness/check/fact.hpp"
#include "harness/check/table_contents.hpp"
#include "harness/pg/session.hpp"

namespace pgrehearse {

/// Settings under which every fact is read, so that a digest does not depend on the server's time
/// zone, locale, float digits or search path, nor on what a hostile database shadows.
[[nodiscard]] std::string fixed_reading_settings();

/// Opens a session to the named database as superuser.
using Connect = std::function<Session(const std::string& database)>;

/// Facts of one database as seen by the session's current snapshot. The caller has begun a
/// transaction, REPEATABLE READ to fix it. Names are prefixed with the database's name. The session
/// loads the libraries that functions live in. With `connect`, large databases are read by further
/// sessions too, which share that snapshot.
[[nodiscard]] Facts facts_of_database(Session& session, const std::string& database,
    Reading reading = Reading::everything, const Connect& connect = {});
/// Facts that belong to the whole cluster: roles, databases, slots, settings and the like.
[[nodiscard]] Facts facts_of_cluster(Session& session);

/// The positions of a database's sequences alone.
[[nodiscard]] Facts sequence_facts(Session& session, const std::string& database);

/// All of it, each database in one REPEATABLE READ transaction of its own, up to four at a time,
/// `except` one that the caller reads. `connect` is called from several threads. Throws what
/// Session throws.
[[nodiscard]] Facts capture_facts(
    const Connect& connect, const std::string& except = {}, Reading reading = Reading::everything);

}  // namespace pgrehearse
