// A project as a git repository in which a branch brings its newest SQL: the base is the project
// without it. A schema in one file is cut in two, as a team begins with migrations: what there was
// is the first of them, what is new the second.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/foreign/recipe.hpp"

namespace pgrehearse {

class Branch {
 public:
  /// Takes the newest SQL out of the copy. Throws Error{bad_value} where it is not found.
  Branch(std::filesystem::path repository, Recipe recipe);

  [[nodiscard]] const std::filesystem::path& repository() const { return repository_; }
  /// What there is now becomes the commit "base", to which `--base base` leads.
  void commit_base() const;
  /// The newest SQL comes back, as migrations that the base does not have.
  void bring_the_newest() const;
  /// One more migration on top, which the project does not have.
  void bring(const std::string& sql) const;

 private:
  void git(const std::vector<std::string>& words) const;

  std::filesystem::path repository_;
  Recipe recipe_;
  std::vector<std::pair<std::filesystem::path, std::string>> newest_ = {};  ///< file and text
};

}  // namespace pgrehearse
