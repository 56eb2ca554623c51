// Statements that put a database's promises to its rows, made from its catalogs.
#pragma once

#include <string_view>

namespace pgrehearse {

/// Gives rows of: relation ("public.visits"), what is wrong when the answer is "t", a statement
/// that answers so. To be read, and its statements run, with search_path = pg_catalog.
[[nodiscard]] std::string_view promises();

/// Gives rows of: relation, a statement that fails when a value cannot be printed or is not of its
/// domain.
[[nodiscard]] std::string_view printings();

/// Gives rows of: relation, index by OID, its name, table by OID, a statement that counts the rows
/// that the index must hold.
[[nodiscard]] std::string_view counted_indexes();

}  // namespace pgrehearse
