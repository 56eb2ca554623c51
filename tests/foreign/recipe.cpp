#include "tests/foreign/recipe.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/process/run.hpp"
#include "tests/program/nightly.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

// Small ones, of either registry: what a change is tried with.
bool is_tried_on_a_change(const std::string& name) {
  return name == "pdns" || name == "message-db";
}

Recipe recipe_of(const fs::path& file) {
  const nlohmann::json json = nlohmann::json::parse(read_file(file));
  return {.name = file.stem(),
      .source = json.at("source").get<std::vector<std::string>>(),
      .repository = json.at("repository").get<std::string>(),
      .migrate = json.value("migrate", ""),
      .first_sql = json.value("first_sql", ""),
      .last_sql = json.value("last_sql", ""),
      .table = json.value("table", ""),
      .newest_at = json.value("newest_at", ""),
      .newest_count = json.value("newest_count", 0),
      .refused = json.value("refused", "")};
}

Program fetching(const Recipe& recipe) {
  Program program{.argv = {"ci/foreign-project"}, .cwd = PGREHEARSE_SOURCE_DIR};
  program.argv.insert(program.argv.end(), recipe.source.begin(), recipe.source.end());
  return program;
}

}  // namespace

std::vector<Recipe> chosen_recipes() {
  std::vector<Recipe> recipes;
  for (const auto& entry :
      fs::directory_iterator{fs::path{PGREHEARSE_SOURCE_DIR} / "tests/foreign/recipes"}) {
    if (is_nightly() || is_tried_on_a_change(entry.path().stem())) {
      recipes.push_back(recipe_of(entry.path()));
    }
  }
  std::sort(recipes.begin(), recipes.end(), [](const Recipe& left, const Recipe& right) {
    return std::pair{!left.refused.empty(), left.name} <
           std::pair{!right.refused.empty(), right.name};
  });
  return recipes;
}

void copy_project(const Recipe& recipe, const fs::path& to) {
  const std::string unpacked{trimmed(run_or_throw(fetching(recipe)).out)};
  fs::copy(fs::path{unpacked} / recipe.repository, to,
      fs::copy_options::recursive | fs::copy_options::copy_symlinks);
}

std::string missing_package(const Recipe& recipe) {
  const Completed fetched = run(fetching(recipe));
  return fetched.ok() ? "" : fetched.err;
}

}  // namespace pgrehearse
