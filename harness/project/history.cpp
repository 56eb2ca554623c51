#include "harness/project/history.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr Milliseconds large_repositories_take = std::chrono::minutes{10};

Program git_program(const fs::path& folder, std::vector<std::string> words) {
  std::vector<std::string> argv{"git", "-C", folder.string()};
  argv.insert(argv.end(), words.begin(), words.end());
  return {.argv = std::move(argv),
      .env = {{"LC_ALL", Secret{"C"}}, {"GIT_OPTIONAL_LOCKS", Secret{"0"}}},
      .deadline = large_repositories_take};
}

// As `git ... -z` lists them.
std::vector<fs::path> paths_in(const std::string& listing) {
  std::vector<fs::path> paths;
  for (const std::string& path : split(listing, '\0')) {
    if (!path.empty()) {
      paths.emplace_back(path);
    }
  }
  return paths;
}

fs::path root_of(const fs::path& folder) {
  const Completed answer = run(git_program(folder, {"rev-parse", "--show-toplevel"}));
  if (answer.ok()) {
    return {std::string{trimmed(answer.out)}};
  }
  if (answer.err.find("dubious ownership") != std::string::npos) {
    throw Error{ErrorCode::bad_config, "git refuses a repository that belongs to another account",
        fmt::format(
            "Allow it: git config --global --add safe.directory {}", fs::absolute(folder).string()),
        folder.string()};
  }
  throw Error{ErrorCode::bad_config, "this is no git repository, so there is no base to start from",
      "Run the gate in a clone of the repository that holds drill.yaml.", folder.string()};
}

}  // namespace

History::History(const fs::path& folder) : root_(root_of(folder.empty() ? "." : folder)) {}

std::string History::git(std::vector<std::string> words) const {
  return run_or_throw(git_program(root_, std::move(words))).out;
}

std::string History::base_of(const std::string& ref) const {
  const Completed known = run(git_program(
      root_, {"rev-parse", "--verify", "--quiet", "--end-of-options", ref + "^{commit}"}));
  if (!known.ok()) {
    const std::vector<std::string> refs =
        split(std::string{trimmed(git({"for-each-ref", "--format=%(refname:short)"}))}, '\n');
    const std::optional<std::string> meant = nearest(ref, refs);
    throw Error{ErrorCode::bad_config, fmt::format("git knows no '{}' here", ref),
        fmt::format("{}Clones of a CI hold one branch only: fetch the base first, as in 'git fetch "
                    "origin main', and say --base origin/main.",
            meant ? fmt::format("Did you mean '{}'? ", *meant) : ""),
        "--base"};
  }
  const std::string commit{trimmed(known.out)};
  const Completed base = run(git_program(root_, {"merge-base", commit, "HEAD"}));
  if (!base.ok()) {
    throw Error{ErrorCode::bad_config,
        fmt::format("'{}' and this branch have no commit in common here", ref),
        "A shallow clone holds too few: fetch the whole history (git fetch --unshallow; "
        "fetch-depth: 0; GIT_DEPTH: 0).",
        "--base"};
  }
  return std::string{trimmed(base.out)};
}

std::vector<fs::path> History::changed_since(const std::string& commit) const {
  std::vector<fs::path> changed =
      paths_in(git({"diff", "--name-only", "--no-renames", "-z", commit, "--"}));
  const std::vector<fs::path> fresh =
      paths_in(git({"ls-files", "--others", "--exclude-standard", "-z"}));
  changed.insert(changed.end(), fresh.begin(), fresh.end());
  std::sort(changed.begin(), changed.end());
  return changed;
}

void History::write_files_of(const std::string& commit, const fs::path& folder) const {
  // An index of its own: that of the repository may hold what somebody is about to commit.
  const TempDir index{"pgrehearse-base"};
  const auto with_own_index = [&](std::vector<std::string> words) {
    Program program = git_program(root_, std::move(words));
    program.env.push_back({"GIT_INDEX_FILE", Secret{(index.path() / "index").string()}});
    run_or_throw(program);
  };
  with_own_index({"read-tree", commit});
  with_own_index({"checkout-index", "--all", "--prefix=" + folder.string() + "/"});
  for (const fs::path& ignored : paths_in(
           git({"ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z"}))) {
    const fs::path name = ignored.has_filename() ? ignored : ignored.parent_path();
    const fs::path link = folder / name;
    if (fs::exists(link.parent_path()) && !fs::exists(fs::symlink_status(link))) {
      fs::create_symlink(root_ / name, link);
    }
  }
}

}  // namespace pgrehearse
