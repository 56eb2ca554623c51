// The catalog questions behind the facts: tables of SQL, nothing else.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "harness/check/fact.hpp"

namespace pgrehearse {

/// `sql` gives two columns, name and value. Definitions leave the server as digests only. A value
/// of several parts is the text of a row: there a part that is NULL keeps its place, which
/// concat_ws would give to the next one, and two definitions would look the same.
///
/// Run with search_path = pg_catalog, so every other name comes out schema-qualified. Ours is what
/// has an OID from 16384 on: the server gives smaller ones to what initdb makes. Definitions of an
/// extension's members are the extension's business, one fact for all of them; owners, grants,
/// comments and rows are asked of members too.
struct CatalogQuery {
  FactKind kind;
  std::string_view noun;  ///< "index", "trigger": stands before the name
  std::string_view sql;
};

[[nodiscard]] std::span<const CatalogQuery> relation_queries();
[[nodiscard]] std::span<const CatalogQuery> code_queries();
[[nodiscard]] std::span<const CatalogQuery> type_queries();
[[nodiscard]] std::span<const CatalogQuery> foreign_queries();
[[nodiscard]] std::span<const CatalogQuery> grant_queries();

/// All five: what one database holds.
[[nodiscard]] std::vector<CatalogQuery> database_queries();
/// What the databases of a cluster share.
[[nodiscard]] std::span<const CatalogQuery> cluster_queries();

}  // namespace pgrehearse
