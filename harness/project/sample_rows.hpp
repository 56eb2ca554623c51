// Makes up rows for tables that nobody described: which tables there are, and values that their
// columns could take. Whether a table takes them only the server can say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/pg/session.hpp"

namespace pgrehearse {

struct SampleColumn {
  std::string name;  ///< as SQL writes it: "order"
  std::string type;  ///< as SQL writes it: character varying(20), shop.state
  std::string base;  ///< of pg_type: "varchar"; of a domain, what it is made of
  char kind = 'b';   ///< pg_type.typtype of it: 'b', 'e' for an enum ...
  bool is_array = false;
  int length = 0;            ///< of a text, in characters, or of a bytea, in bytes; 0: any
  int digits = 0;            ///< of a numeric, before its point; 0: no limit
  bool needed = false;       ///< NOT NULL, and nothing fills it
  bool filled = false;       ///< by a default, an identity or a generation
  std::string allowed = {};  ///< the first literal of a CHECK, quoted
  std::string parent = {};   ///< of a foreign key: the table, as SQL writes it
  std::string parent_column = {};
  std::string parent_order = {};  ///< all columns of that key: they must come from one row
};

struct SampleTable {
  std::string name;    ///< as drill.yaml writes it: "public.orders"
  std::string sql;     ///< as SQL writes it: public."Order"
  std::string schema;  ///< "public"
  std::vector<SampleColumn> columns = {};
  bool referenced = false;  ///< by a foreign key of another table
  bool has_triggers = false;
  bool has_generated = false;
};

/// The ordinary tables of a database: no partitions, none of extensions, none in which a migration
/// tool keeps its ledger, and none whose name drill.yaml cannot write.
[[nodiscard]] std::vector<SampleTable> tables_of(Session& session);

/// How much is made up; each is tried when the server refuses the one before.
enum class Richness {
  all,       ///< every column that nothing fills
  needed,    ///< those only that must have a value
  cautious,  ///< the same, with small numbers
};

/// An INSERT of one row for each `n` that `rows` names: "generate_series(1, 20) AS g(n)". Nothing
/// when a needed column has a type for which there is no value here.
[[nodiscard]] std::optional<std::string> insert_into(
    const SampleTable& table, const std::string& rows, Richness richness);

}  // namespace pgrehearse
