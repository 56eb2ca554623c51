// Whether every page of the indexes that amcheck does not know can be read: Postgres checks a
// page's checksum and header when it reads it, and nothing else reads a hash, GIN or BRIN index
// from end to end.
#pragma once

#include <string>
#include <vector>

#include "harness/check/soundness.hpp"
#include "harness/pg/session.hpp"

namespace pgrehearse {

/// Reads each page of every such index through the server's buffers, with Postgres' own pg_prewarm,
/// which is made in a transaction that is rolled back where the database lacks it. An index that
/// cannot be read is an ailment. To be called with search_path = pg_catalog. Throws
/// Error{connection_lost}, and QueryError where pg_prewarm is not installed.
[[nodiscard]] std::vector<Ailment> unreadable_indexes_in(
    Session& session, const std::string& database);

}  // namespace pgrehearse
