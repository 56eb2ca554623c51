// The rows of every table of a database: how many, and the digest of their content. Where the
// tables are many or large, several sessions share the work and one snapshot.
#pragma once

#include <functional>
#include <string>

#include "harness/check/fact.hpp"
#include "harness/pg/session.hpp"

namespace pgrehearse {

/// Content is the dear part: it reads every row. `refreshed` reads materialized views as a REFRESH
/// would leave them now, which is what loading a dump does to them.
enum class Reading { everything, without_content, refreshed };

/// Opens one more session to the same database, as the same superuser, with the settings under
/// which facts are read. Empty: there is none to be had.
using OneMoreSession = std::function<Session()>;

/// Facts of the kinds rows and content of every leaf table and materialized view, as the session's
/// snapshot sees them, sorted by name. The session is inside a transaction, but in no
/// subtransaction: Postgres exports no snapshot from one. `one_more` is called from other threads.
/// Names begin with the prefix. Throws what Session throws, and Error{query_failed} for a table
/// that cannot be read without the search_path of its owner.
[[nodiscard]] Facts table_contents(
    Session& session, const std::string& prefix, Reading reading, const OneMoreSession& one_more);

}  // namespace pgrehearse
