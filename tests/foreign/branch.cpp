#include "tests/foreign/branch.hpp"

#include <algorithm>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/process/run.hpp"
#include "tests/program/developer_git.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;
using Files = std::vector<std::pair<fs::path, std::string>>;

void write_into(const fs::path& repository, const fs::path& file, const std::string& text) {
  fs::create_directories((repository / file).parent_path());
  write_file(repository / file, text);
}

Files cut_the_schema(const fs::path& repository, const Recipe& recipe) {
  const std::string text = read_file(repository / recipe.first_sql);
  const std::size_t cut = text.find(recipe.newest_at);
  if (cut == std::string::npos) {
    throw Error{ErrorCode::bad_value, "the schema has no '" + recipe.newest_at + "'",
        "Does the recipe fit this version of the project?", recipe.first_sql};
  }
  fs::remove(repository / recipe.first_sql);
  write_into(repository, "migrations/0001_schema.sql", text.substr(0, cut));
  return {{"migrations/0002_newest.sql", text.substr(cut)}};
}

Files take_the_last_migrations(const fs::path& repository, const Recipe& recipe) {
  const fs::path folder = recipe.first_sql.parent_path().parent_path();
  std::vector<fs::path> migrations;
  for (const auto& entry : fs::directory_iterator{repository / folder}) {
    if (entry.is_directory()) {
      migrations.push_back(entry.path().filename());
    }
  }
  std::sort(migrations.rbegin(), migrations.rend());
  migrations.resize(std::min<std::size_t>(migrations.size(), recipe.newest_count));
  Files newest;
  for (const fs::path& migration : migrations) {
    const fs::path file = folder / migration / "migration.sql";
    newest.emplace_back(file, read_file(repository / file));
    fs::remove_all(repository / folder / migration);
  }
  return newest;
}

}  // namespace

Branch::Branch(fs::path repository, Recipe recipe)
    : repository_(std::move(repository)),
      recipe_(std::move(recipe)),
      newest_(recipe_.newest_at.empty() ? take_the_last_migrations(repository_, recipe_)
                                        : cut_the_schema(repository_, recipe_)) {}

void Branch::git(const std::vector<std::string>& words) const {
  developer_git(repository_, words);
}

void Branch::commit_base() const {
  git({"init", "--quiet", "--initial-branch=base"});
  git({"add", "--all"});
  git({"commit", "--quiet", "--message", "the base"});
  git({"switch", "--quiet", "--create", "change"});
}

void Branch::bring_the_newest() const {
  for (const auto& [file, text] : newest_) {
    write_into(repository_, file, text);
  }
  git({"add", "--all"});
  git({"commit", "--quiet", "--message", "the newest"});
}

void Branch::bring(const std::string& sql) const {
  write_into(repository_,
      recipe_.newest_at.empty()
          ? recipe_.first_sql.parent_path().parent_path() / "99990101000000_ours/migration.sql"
          : fs::path{"migrations/0003_ours.sql"},
      sql);
}

}  // namespace pgrehearse
