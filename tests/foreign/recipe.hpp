// Projects of other people whose databases are drilled: where each is fetched, and what init must
// make of it. Their code is not here: it comes from the package registries of the machine
// (ci/foreign-project).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pgrehearse {

struct Recipe {
  std::string name;
  std::vector<std::string> source;   ///< arguments of ci/foreign-project
  std::filesystem::path repository;  ///< of the package, what its users would have as a repository
  std::string migrate;               ///< what init must write below "migrate:"
  std::filesystem::path first_sql;   ///< the SQL that is run first
  std::filesystem::path last_sql;    ///< and last
  std::string table;                 ///< one that init fills
  std::string newest_at;  ///< where the newest part of the one file begins; empty: migrations
  int newest_count = 0;   ///< of the migrations, how many a branch adds
  std::string refused;    ///< what init must say of a project that it cannot drill; else empty
};

/// All recipes at night, else one of either kind. Those that are refused come last.
[[nodiscard]] std::vector<Recipe> chosen_recipes();

/// A clean copy of the project. Throws Error{program_failed} where its package cannot be had.
void copy_project(const Recipe& recipe, const std::filesystem::path& to);

/// Why packages of this kind cannot be had here; empty when they can.
[[nodiscard]] std::string missing_package(const Recipe& recipe);

}  // namespace pgrehearse
