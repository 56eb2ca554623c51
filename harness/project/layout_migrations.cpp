// Which tool migrates: each leaves a file or a name that no other does. Tools that name themselves
// come first, folders of plain SQL last.
#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <regex>
#include <string_view>

#include <fmt/format.h>

#include "harness/project/dialect.hpp"
#include "harness/project/layout.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

std::string in_folder(const fs::path& folder, const std::string& command) {
  return folder.empty() ? command : fmt::format("cd '{}' && {}", folder.string(), command);
}

void find_sqitch(const Tree& tree, std::vector<FoundMigrations>& found) {
  for (const fs::path& folder : tree.folders_with("sqitch.plan")) {
    found.push_back({.tool = "Sqitch",
        .seen = folder / "sqitch.plan",
        .command = in_folder(
            folder, "sqitch deploy --target \"db:pg://$PGUSER@$PGHOST:$PGPORT/$PGDATABASE\"")});
  }
}

bool mentions(
    const Tree& tree, const fs::path& file, std::initializer_list<std::string_view> words) {
  const std::string text = tree.text_of(file);
  return std::any_of(words.begin(), words.end(),
      [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

// SQLAlchemy takes postgresql:// and no longer postgres://.
void find_alembic(const Tree& tree, std::vector<FoundMigrations>& found) {
  for (const fs::path& folder : tree.folders_with("alembic.ini")) {
    FoundMigrations alembic{.tool = "Alembic",
        .seen = folder / "alembic.ini",
        .command = in_folder(
            folder, "DATABASE_URL=\"postgresql${DATABASE_URL#postgres}\" alembic upgrade head")};
    alembic.goes_where_told =
        std::any_of(tree.files.begin(), tree.files.end(), [&](const auto& file) {
          return file.filename() == "env.py" && mentions(tree, file, {"DATABASE_URL"});
        });
    if (!alembic.goes_where_told) {
      alembic.note =
          "no env.py here reads DATABASE_URL: let it, or write to migrate.command how your "
          "application learns its database";
    }
    found.push_back(alembic);
  }
}

void find_frameworks(const Tree& tree, std::vector<FoundMigrations>& found) {
  for (const fs::path& folder : tree.folders_with("manage.py")) {
    if (tree.text_of(folder / "manage.py").find("django") != std::string::npos) {
      FoundMigrations django{.tool = "Django",
          .seen = folder / "manage.py",
          .command = in_folder(folder, "python3 manage.py migrate --noinput")};
      django.goes_where_told =
          std::any_of(tree.files.begin(), tree.files.end(), [&](const auto& file) {
            return file.extension() == ".py" &&
                   mentions(tree, file, {"DATABASE_URL", "PGHOST", "dj_database_url"});
          });
      if (!django.goes_where_told) {
        django.note =
            "no settings here read DATABASE_URL or PGHOST: let them take the database from there, "
            "or write to migrate.command how your application learns its database";
      }
      found.push_back(django);
    }
  }
  for (const fs::path& folder : tree.folders_with("application.rb")) {
    if (folder.filename() == "config") {
      found.push_back({.tool = "Rails",
          .seen = folder / "application.rb",
          .command = in_folder(folder.parent_path(), "bin/rails db:migrate"),
          .note = "RAILS_ENV decides which settings are taken; DATABASE_URL wins over them"});
    }
  }
}

/// The SQL files of each folder, without those for another server.
using SqlFolders = std::map<fs::path, std::vector<fs::path>>;

SqlFolders sql_folders(const Tree& tree) {
  SqlFolders folders;
  for (const fs::path& file : tree.files) {
    if (file.extension() == ".sql" && dialect_of(file) != Dialect::another) {
      folders[file.parent_path()].push_back(file);
    }
  }
  return folders;
}

void find_folder_of_folders(const Tree& tree, const char* inside, const char* tool,
    MigrationFormat format, std::vector<FoundMigrations>& found) {
  std::map<fs::path, fs::path> parents;
  for (const fs::path& folder : tree.folders_with(inside)) {
    if (!folder.empty() && !folder.parent_path().empty() &&
        dialect_of(folder.parent_path()) != Dialect::another) {
      parents.emplace(folder.parent_path(), folder / inside);
    }
  }
  for (const auto& [parent, seen] : parents) {
    found.push_back({.tool = tool, .seen = seen, .folder = parent, .format = format});
  }
}

bool every(const std::vector<fs::path>& files, const std::regex& shape) {
  return std::all_of(files.begin(), files.end(),
      [&](const fs::path& file) { return std::regex_match(file.filename().string(), shape); });
}

bool named_like_migrations(const fs::path& folder) {
  constexpr std::array<std::string_view, 8> names{
      "migrations", "migration", "migrate", "drizzle", "deltas", "changes", "versions", "sql"};
  const std::vector<std::string> words = words_of_name(folder);
  return words.size() == 1 && std::find(names.begin(), names.end(), words[0]) != names.end();
}

/// A folder with a file for each server: the files are no steps of one way.
bool serves_several(const Tree& tree, const fs::path& folder) {
  return std::any_of(tree.files.begin(), tree.files.end(), [&](const fs::path& file) {
    return file.parent_path() == folder && file.extension() == ".sql" &&
           dialect_of(file.filename()) == Dialect::another;
  });
}

void find_plain_sql(const Tree& tree, std::vector<FoundMigrations>& found) {
  static const std::regex flyway{R"([VRUB][0-9._]*__.+\.sql)"};
  static const std::regex digits{R"([0-9]+_.+\.sql)"};
  static const std::regex numbered{R"([0-9]+([-_.].*)?\.sql)"};
  std::vector<FoundMigrations> dbmate;
  std::vector<FoundMigrations> plain;
  for (const auto& [folder, files] : sql_folders(tree)) {
    if (folder.empty() || serves_several(tree, folder)) {
      continue;
    }
    const fs::path& first = files.front();
    if (every(files, flyway)) {
      found.push_back(
          {.tool = "Flyway", .seen = first, .folder = folder, .format = MigrationFormat::flyway});
    } else if (every(files, digits) &&
               tree.text_of(first).find("-- migrate:up") != std::string::npos) {
      dbmate.push_back(
          {.tool = "dbmate", .seen = first, .folder = folder, .format = MigrationFormat::dbmate});
    } else if (every(files, numbered) || named_like_migrations(folder)) {
      plain.push_back(
          {.tool = "plain SQL", .seen = first, .folder = folder, .format = MigrationFormat::plain});
    }
  }
  found.insert(found.end(), dbmate.begin(), dbmate.end());
  std::stable_sort(
      plain.begin(), plain.end(), [](const FoundMigrations& left, const FoundMigrations& right) {
        return named_like_migrations(left.folder) > named_like_migrations(right.folder);
      });
  found.insert(found.end(), plain.begin(), plain.end());
}

bool is_taken(const std::vector<FoundMigrations>& found, const fs::path& folder) {
  return std::any_of(found.begin(), found.end(),
      [&](const FoundMigrations& other) { return !folder.empty() && other.folder == folder; });
}

bool makes_tables(const Tree& tree, const fs::path& file) {
  static const std::regex table{R"(create\s+(unlogged\s+)?table)", std::regex::icase};
  return std::regex_search(tree.text_of(file), table);
}

// A schema as it is now. Beside migrations it may be their sum, or what they upgrade: init tries.
void find_whole_schemas(const Tree& tree, std::vector<FoundMigrations>& found) {
  for (const auto& [folder, files] : sql_folders(tree)) {
    for (const fs::path& file : files) {
      if (is_named_like_a_schema(file) && !is_taken(found, folder) && makes_tables(tree, file)) {
        found.push_back({.tool = "a schema in one file",
            .seen = file,
            .file = file,
            .format = MigrationFormat::plain});
      }
    }
  }
}

}  // namespace

std::vector<FoundMigrations> migrations_in(const Tree& tree) {
  std::vector<FoundMigrations> found;
  find_sqitch(tree, found);
  const bool sqitch = !found.empty();
  find_alembic(tree, found);
  find_folder_of_folders(tree, "migration.sql", "Prisma", MigrationFormat::prisma, found);
  find_folder_of_folders(tree, "up.sql", "Diesel", MigrationFormat::diesel, found);
  find_frameworks(tree, found);
  if (!sqitch) {  // its deploy, revert and verify are folders of SQL, too
    find_plain_sql(tree, found);
    find_whole_schemas(tree, found);
  }
  return found;
}

}  // namespace pgrehearse
