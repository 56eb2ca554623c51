// The catalog questions behind the facts: one table of SQL, nothing else.
#pragma once

#include <span>
#include <string_view>

#include "harness/check/fact.hpp"

namespace pgrehearse {

/// `sql` gives two columns, name and value. Definitions leave the server as digests only.
struct CatalogQuery {
  FactKind kind;
  std::string_view noun;  ///< "index", "trigger": stands before the name
  std::string_view sql;
};

[[nodiscard]] std::span<const CatalogQuery> database_queries();
[[nodiscard]] std::span<const CatalogQuery> cluster_queries();

}  // namespace pgrehearse
