// The history of the repository that drill.yaml lies in, as git knows it. Nothing of it is changed:
// git is asked, and what it once held is written elsewhere.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pgrehearse {

class History {
 public:
  /// Of the repository that holds `folder`. Throws Error{bad_config} when there is none, git is not
  /// installed, or git refuses to look (a repository of another account).
  explicit History(const std::filesystem::path& folder);

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  /// Where this branch left `ref` ("origin/main", a tag, a commit): what came into `ref` since then
  /// is not this branch's doing. Throws Error{bad_config} for a ref that git does not know, and
  /// when the two have no commit in common, as in a shallow clone.
  [[nodiscard]] std::string base_of(const std::string& ref) const;
  /// What differs between the commit and the files as they are now, committed or not; new files
  /// that git does not ignore as well. Relative to root().
  [[nodiscard]] std::vector<std::filesystem::path> changed_since(const std::string& commit) const;
  /// Writes all files of the commit below `folder`, which must be empty, and links to what git
  /// ignores (node_modules, virtual environments), because commands need it. Submodules stay empty.
  void write_files_of(const std::string& commit, const std::filesystem::path& folder) const;

 private:
  [[nodiscard]] std::string git(std::vector<std::string> words) const;

  std::filesystem::path root_;
};

}  // namespace pgrehearse
