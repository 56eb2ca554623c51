// What a repository shows of its database: how it is migrated, which server it runs on, who backs
// it up, and which CI looks after it. Looks only, and guesses nothing that it can read.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/drill/subject.hpp"
#include "harness/project/tree.hpp"

namespace pgrehearse {

/// How the schema is made: a folder that the harness applies itself, or a program.
struct FoundMigrations {
  std::string tool;                            ///< "dbmate", "Alembic"; for people
  std::filesystem::path seen;                  ///< what gave it away, relative to the root
  std::filesystem::path folder = {};           ///< relative; empty: `file` or `command`
  std::filesystem::path file = {};             ///< relative: the whole schema as it is now
  std::optional<MigrationFormat> format = {};  ///< of the folder
  std::string command = {};                    ///< for /bin/sh
  std::string note = {};                       ///< what one has to know of it; may be empty
  /// False: nothing here shows that the command goes to the database that it is told, and not to
  /// one of its own settings.
  bool goes_where_told = true;
};

enum class Ci { github, gitlab, jenkins, none };

struct Layout {
  std::string name;  ///< of the subject: that of the folder, as drill.yaml wants names
  std::optional<FoundMigrations> migrations = {};
  std::vector<FoundMigrations> other_migrations = {};  ///< seen, too, and not taken
  std::vector<std::filesystem::path> loose_sql =
      {};  ///< where no migrations were seen: SQL of nobody knows what
  std::vector<std::filesystem::path> seeds = {};    ///< SQL files that fill the database
  std::string image = {};                           ///< of Postgres, as a compose file has it
  std::filesystem::path compose = {};               ///< that file
  std::vector<std::filesystem::path> backups = {};  ///< scripts and settings that look like it
  Ci ci = Ci::none;
};

[[nodiscard]] Layout layout_of(const Tree& tree);

/// The parts of it.
[[nodiscard]] std::vector<FoundMigrations> migrations_in(const Tree& tree);
[[nodiscard]] std::vector<std::filesystem::path> backups_in(const Tree& tree);
[[nodiscard]] Ci ci_of(const Tree& tree);
/// "My_Shop 2" -> "my-shop-2"; "database" when nothing is left.
[[nodiscard]] std::string subject_name(const std::string& folder);
/// Major version of an image reference: 15 of "postgres:15.4-alpine" and "postgis/postgis:15-3.3";
/// 0 when its tag says none.
[[nodiscard]] int major_version_of(const std::string& image);

}  // namespace pgrehearse
