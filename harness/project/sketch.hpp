// What a drill needs to know of a database and what no file says: rows to begin with, what clients
// write, what an accident hits, what must hold. Tried on a scratch copy of the database, statement
// by statement, so that what is written down works.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "harness/drill/subject.hpp"
#include "harness/pg/session.hpp"

namespace pgrehearse {

struct Sketch {
  std::size_t found_tables = 0;            ///< that the migrations and seeds made
  std::vector<std::string> seed = {};      ///< statements, in order; they hold :scale
  std::vector<std::string> workload = {};  ///< of one transaction
  AccidentSpec accident = {};
  std::string protected_table = {};  ///< that the workload leaves alone; empty: there is none
  std::vector<CheckSpec> checks = {};
  bool own_tables = false;               ///< the seed makes tables, as none of those there would do
  std::vector<std::string> filled = {};  ///< tables that got rows
  std::vector<std::string> refused = {};   ///< tables for which no row could be made up
  std::vector<std::string> had_rows = {};  ///< tables that the migrations filled
};

/// Whether rows are made up for empty tables.
enum class MadeUpRows { yes, no };

/// The database has been migrated (and seeded, where the repository has seeds). It is written to.
[[nodiscard]] Sketch sketch_of(Session& session, MadeUpRows rows);

}  // namespace pgrehearse
