#include "harness/project/tree.hpp"

#include <algorithm>
#include <array>
#include <fstream>

#include <fmt/format.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr int most_depth = 5;
constexpr std::size_t most_files = 50'000;
constexpr std::size_t most_bytes = 65'536;
constexpr std::array<std::string_view, 14> passed_by{"node_modules", "vendor", "venv", ".venv",
    "site-packages", "build", "dist", "target", "out", "__pycache__", ".git", ".hg", ".cache",
    "tmp"};

bool is_passed_by(const std::string& name) {
  return std::find(passed_by.begin(), passed_by.end(), name) != passed_by.end();
}

std::ptrdiff_t depth_of(const fs::path& path) {
  return std::distance(path.begin(), path.end());
}

}  // namespace

std::vector<fs::path> Tree::folders_with(const std::string& name) const {
  std::vector<fs::path> found;
  for (const fs::path& file : files) {
    if (file.filename() == name) {
      found.push_back(file.parent_path());
    }
  }
  std::stable_sort(found.begin(), found.end(),
      [](const fs::path& left, const fs::path& right) { return depth_of(left) < depth_of(right); });
  return found;
}

std::string Tree::text_of(const fs::path& file) const {
  std::ifstream in{root / file, std::ios::binary};
  std::string text(most_bytes, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  return text;
}

Tree tree_of(const fs::path& root) {
  if (!fs::is_directory(root)) {
    throw Error{ErrorCode::io, fmt::format("there is no folder '{}'", root.string()),
        "Give the folder of the repository whose database is to be drilled."};
  }
  Tree tree{.root = fs::canonical(root)};
  std::error_code problem;
  fs::recursive_directory_iterator entry{
      tree.root, fs::directory_options::skip_permission_denied, problem};
  for (; !problem && entry != fs::recursive_directory_iterator{} && tree.files.size() < most_files;
       entry.increment(problem)) {
    std::error_code ignored;
    if (entry->is_directory(ignored)) {
      if (entry.depth() + 1 >= most_depth || is_passed_by(entry->path().filename().string())) {
        entry.disable_recursion_pending();
      }
    } else if (entry->is_regular_file(ignored)) {
      tree.files.push_back(entry->path().lexically_relative(tree.root));
    }
  }
  std::sort(tree.files.begin(), tree.files.end());
  return tree;
}

}  // namespace pgrehearse
