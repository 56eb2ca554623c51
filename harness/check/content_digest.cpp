#include "harness/check/content_digest.hpp"

#include <array>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

// A hash that is exact for its type, with the column as {0} and the seed as {1}, and what stands in
// for NULL: which columns are NULL goes into the first seed.
struct ExactHash {
  std::string_view type;
  std::string_view hash;
  std::string_view null;
};
constexpr std::array exact_hashes = std::to_array<ExactHash>({
    {"int2", "hashint2extended({0}, {1})", "0::int2"},
    {"int4", "hashint4extended({0}, {1})", "0"},
    {"int8", "hash_numeric_extended({0}::numeric, {1})", "0"},
    {"oid", "hashoidextended({0}, {1})", "0::oid"},
    {"bool", "hashint4extended(({0})::int4, {1})", "false"},
    {"text", "hashtextextended({0} COLLATE \"C\", {1})", "''"},
    {"varchar", "hashtextextended({0}::text COLLATE \"C\", {1})", "''"},
    {"bpchar", "hashbpcharextended({0} COLLATE \"C\", {1})", "''::bpchar"},
    {"name", "hashnameextended({0}, {1})", "''::name"},
    {"uuid", "uuid_hash_extended({0}, {1})", "'00000000-0000-0000-0000-000000000000'::uuid"},
    {"bytea", "hashtextextended(encode(sha256({0}), 'hex') COLLATE \"C\", {1})", "''::bytea"},
});

// Their flags are the bits of a bigint; columns beyond go by their text.
constexpr std::size_t most_nullable = 62;
// The hashes of a wide table would nest deeper than the server's parser likes.
constexpr std::size_t most_exact = 200;

struct Column {
  std::string name;
  std::string type;  ///< empty: not one of pg_catalog
  bool has_length = false;
  bool not_null = false;
};

const ExactHash* exact_hash_of(const Column& column) {
  for (const ExactHash& exact : exact_hashes) {
    // Trailing blanks are significant in a char only for what length says, and ignored by its hash.
    if (exact.type == column.type && (column.type != "bpchar" || column.has_length)) {
      return &exact;
    }
  }
  return nullptr;
}

/// A column whose type has an exact hash, and the flag that says whether it is NULL; 0: it never
/// is.
struct Hashed {
  const ExactHash* hash = nullptr;
  std::string name;
  std::uint64_t flag = 0;
};

// Each hash the seed of the next.
std::string chained(const std::vector<Hashed>& columns, std::string seed, bool has_nulls) {
  for (const Hashed& column : columns) {
    const std::string value = has_nulls && column.flag != 0
                                  ? fmt::format("coalesce({}, {})", column.name, column.hash->null)
                                  : column.name;
    seed = fmt::format(fmt::runtime(column.hash->hash), value, seed);
  }
  return seed;
}

// Which columns are NULL costs a tenth of the time to write down, so a row that has none is hashed
// without: the flags are 0 then, and nothing stands in for anything.
std::string hash_of_exact(const std::vector<Hashed>& columns) {
  const std::string none = "0::int8";
  std::string flags = none;
  std::string any;
  for (const Hashed& column : columns) {
    if (column.flag != 0) {
      flags += fmt::format(" + CASE WHEN {} IS NULL THEN {} ELSE 0 END", column.name, column.flag);
      any += fmt::format("{}{} IS NULL", any.empty() ? "" : " OR ", column.name);
    }
  }
  const std::string plain = chained(columns, none, false);
  return any.empty() ? plain
                     : fmt::format("CASE WHEN {} THEN {} ELSE {} END", any,
                           chained(columns, "(" + flags + ")", true), plain);
}

std::string hash_of_row(const std::vector<Column>& columns) {
  std::vector<Hashed> exact;
  std::string by_text;
  std::size_t nullable = 0;
  for (const Column& column : columns) {
    const std::string name = "t." + identifier(column.name);
    const ExactHash* hash = exact_hash_of(column);
    if (hash == nullptr || exact.size() == most_exact ||
        (!column.not_null && nullable == most_nullable)) {
      by_text += (by_text.empty() ? "" : ", ") + name;
      continue;
    }
    exact.push_back({hash, name, column.not_null ? 0 : std::uint64_t{1} << nullable++});
  }
  const std::string seed = hash_of_exact(exact);
  return by_text.empty()
             ? seed
             : fmt::format("hashtextextended(ROW({})::text COLLATE \"C\", {})", by_text, seed);
}

RowHashes hashes_where(Session& session, const std::string& condition) {
  std::map<RelationName, std::vector<Column>> columns;
  for (const Row& row : session.exec(fmt::format(R"sql(
      SELECT n.nspname, c.relname, a.attname, t.typname, a.atttypmod >= 0, a.attnotnull
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_attribute a
          ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_catalog.pg_type t
          ON t.oid = a.atttypid AND t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace
       WHERE c.relkind IN ('r', 'm', 'p') AND {}
       ORDER BY 1, 2, a.attnum)sql",
           condition))) {
    std::vector<Column>& of_table = columns[{*row[0], *row[1]}];
    if (row[2]) {
      of_table.push_back({.name = *row[2],
          .type = row[3].value_or(""),
          .has_length = row[4] == "t",
          .not_null = row[5] == "t"});
    }
  }
  RowHashes hashes;
  for (const auto& [relation, of_table] : columns) {
    hashes[relation] = hash_of_row(of_table);
  }
  return hashes;
}

}  // namespace

RowHashes row_hashes(Session& session) {
  return hashes_where(session, "n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'");
}

std::string row_hash_of(Session& session, std::string_view relation) {
  const RowHashes hashes = hashes_where(
      session, fmt::format("c.oid = {}::pg_catalog.regclass", literal(std::string{relation})));
  if (hashes.empty()) {
    throw Error{ErrorCode::query_failed, fmt::format("{} is no table", relation)};
  }
  return hashes.begin()->second;
}

// OFFSET 0 keeps the hash from being computed twice. The second hash takes the whole first one as
// its seed.
std::string sums_query(const std::string& row_hash, const RowSource& source) {
  return fmt::format(
      "SELECT count(*), coalesce(sum(h), 0) || '/' || "
      "coalesce(sum(hashint4extended(1, h)), 0) FROM (SELECT {} AS h FROM {} t{}{} "
      "OFFSET 0) q",
      row_hash, source.from, source.where.empty() ? "" : " WHERE ", source.where);
}

}  // namespace pgrehearse
