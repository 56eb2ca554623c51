// What the catalogs call proven, proven again on the rows. A constraint is believed by Postgres
// because `convalidated` says so, an index because `indisvalid` does, and a value because nobody
// prints it: whoever restores, copies files or repairs by hand can make each of them a lie.
//
// Constraints are read with index scans turned off: the table is the truth, the index on trial.
// Not proven: exclusion constraints, operator classes that are not their type's own, and the
// entries of indexes that cannot be read from end to end (hash, GIN, BRIN).
#pragma once

#include <string>
#include <vector>

#include "harness/check/soundness.hpp"
#include "harness/pg/session.hpp"

namespace pgrehearse {

/// What the rows of this database disprove: foreign keys, CHECKs, NOT NULLs, bounds of partitions,
/// domains, unique indexes; indexes that hold another number of rows than their table, or a page
/// that cannot be read; values that their type cannot print. Functions of the database run for
/// that, as superuser. Nothing is changed: what has to be turned off is turned off in a transaction
/// that is rolled back. What cannot be asked is an ailment, too. Throws Error{connection_lost}.
[[nodiscard]] std::vector<Ailment> disproven_in(Session& session, const std::string& database);

}  // namespace pgrehearse
