// Where a sequence stands, and whether it would hand out again what the rows already hold.
#pragma once

#include <map>
#include <set>
#include <string>

#include "harness/pg/session.hpp"

namespace pgrehearse {

/// Of the sequences that nobody has called since they were made, restarted or set so: by name, what
/// the last value would have been for the next one to be what it will be. Run with search_path =
/// pg_catalog; throws what Session throws.
[[nodiscard]] std::map<std::string, std::string> positions_before_the_first_call(Session& session);

/// Names of the sequences whose position lies behind a value of a column that takes its values from
/// them: by its default, as its identity, or as their owner. The rows are those of the session's
/// snapshot, the position is the one of now. Not asked: sequences that cycle or are unlogged, and
/// columns that are no integers. Run with search_path = pg_catalog; throws what Session throws.
[[nodiscard]] std::set<std::string> sequences_behind_their_columns(Session& session);

}  // namespace pgrehearse
