// One comparable property of a cluster, and how two sets of them differ.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace pgrehearse {

/// Kinds are the names of the checks that compare them.
enum class FactKind {
  rows,        ///< real count(*) of a table
  content,     ///< order-independent digest of a table's rows
  sequences,   ///< position of a sequence: must not be behind
  schema,      ///< definitions: tables, columns, constraints, indexes, triggers, functions, views,
               ///< types ...
  roles,       ///< roles, memberships, owners, grants, default privileges, policies
  extensions,  ///< name and version
  server,      ///< encoding, collation versions, checksums, server version
};
inline constexpr FactKind every_fact_kind[] = {FactKind::rows, FactKind::content,
    FactKind::sequences, FactKind::schema, FactKind::roles, FactKind::extensions, FactKind::server};

/// "rows", "content" ...: also the name of the check.
[[nodiscard]] std::string_view name_of(FactKind kind);

/// The value is a count, a position, a digest or an attribute list. Definitions are kept as digests
/// taken in the server, since a default or a function body may hold a secret.
struct Fact {
  FactKind kind = FactKind::schema;
  std::string name;  ///< "app: table public.bookings"
  std::string value;

  friend auto operator<=>(const Fact&, const Fact&) = default;
};

/// Sorted by kind and name; a name occurs once in a kind.
using Facts = std::vector<Fact>;

/// What comparing both ways found. All are names, never values.
struct FactDiff {
  std::vector<std::string> missing;    ///< expected, not there
  std::vector<std::string> extra;      ///< there, not expected
  std::vector<std::string> different;  ///< there, with another value
  std::size_t compared = 0;            ///< facts on either side

  [[nodiscard]] bool empty() const { return missing.empty() && extra.empty() && different.empty(); }
};

/// Ends the value of a sequence whose position lies behind a value of a column that it feeds.
inline constexpr std::string_view behind_its_column = " behind its column";

/// Compares the facts of one kind. A sequence that is ahead is no difference: Postgres logs
/// sequences up to 32 values ahead, so a recovered one may have skipped some, but going back would
/// hand out a value twice. So would one that lies behind a column it feeds: rows that came after
/// the expected position was read can leave it there. One that was behind already may stay so.
[[nodiscard]] FactDiff compare(const Facts& expected, const Facts& observed, FactKind kind);

}  // namespace pgrehearse
