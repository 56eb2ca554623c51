// Whether a sequence would hand out again what the rows already hold.
#pragma once

#include <set>
#include <string>

#include "harness/pg/session.hpp"

namespace pgrehearse {

/// Names of the sequences whose position lies behind a value of a column that takes its values from
/// them: by its default, as its identity, or as their owner. The rows are those of the session's
/// snapshot, the position is the one of now. Not asked: sequences that cycle or are unlogged, and
/// columns that are no integers. Run with search_path = pg_catalog; throws what Session throws.
[[nodiscard]] std::set<std::string> sequences_behind_their_columns(Session& session);

}  // namespace pgrehearse
