// Databases that were made to break or fool whoever reads them: names, values, and what they put in
// the way of catalogs and operators.
#pragma once

#include <string>
#include <vector>

namespace pgrehearse {

/// For a database in UTF-8; a text of `long_text_mib` in one of its rows.
[[nodiscard]] std::vector<std::string> hostile_statements(int long_text_mib);

/// For a database in SQL_ASCII, where a name is cut at 63 bytes in the middle of a character.
[[nodiscard]] std::vector<std::string> hostile_bytes();

/// One statement that makes tables, committing every 200: no server has locks for all at once.
[[nodiscard]] std::string many_tables(int how_many);

/// One statement that adds a row to each of them, in one transaction for every 200.
[[nodiscard]] std::string one_more_row(int how_many);

}  // namespace pgrehearse
