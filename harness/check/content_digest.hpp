// How the rows of a table become one comparable value: a count and two sums over a hash of each
// row.
//
// The hash of a row is taken in the server, column by column, each hash the seed of the next. A
// type's own hash function is used only where it tells any two values apart that are stored
// differently; measured on Postgres 15 it does not for numeric (1.0 and 1.00), float (0 and -0),
// bigint (both halves are folded into 32 bits), timestamps (likewise), enums (by OID), char without
// a length (padding). Those go by their text.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "harness/pg/session.hpp"

namespace pgrehearse {

/// Schema and name of a relation.
using RelationName = std::pair<std::string, std::string>;

/// SQL that hashes one row of the alias `t` to a bigint, by relation.
using RowHashes = std::map<RelationName, std::string>;

/// Of every table and materialized view of the session's database. A row hash never depends on the
/// order or the place of rows, nor on the session's locale; on its formats only as
/// fixed_reading_settings() leaves them.
[[nodiscard]] RowHashes row_hashes(Session& session);

/// Of one relation, given as SQL ("public"."bookings"). Throws Error{query_failed} when there is
/// none.
[[nodiscard]] std::string row_hash_of(Session& session, std::string_view relation);

/// Where rows are read from, and which of them.
struct RowSource {
  std::string from;        ///< "ONLY public.bookings"; bears the alias t
  std::string where = {};  ///< a condition on t; empty: all rows
};

/// A query of two columns: how many rows, and the two sums over their hashes as "a/b". Sums, unlike
/// xor, see duplicates; the second runs over another hash of the first, so that changes that
/// cancel in one do not in the other. No rows: 0 and "0/0".
[[nodiscard]] std::string sums_query(const std::string& row_hash, const RowSource& source);

}  // namespace pgrehearse
