#include "harness/agent/tree.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>

#include "harness/agent/descriptor.hpp"
#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

TreeEntry entry_at(const fs::path& path, std::string relative) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) {
    throw_io("stat", path);
  }
  TreeEntry entry{.path = std::move(relative), .mode = status.st_mode & 07777U};
  if (S_ISREG(status.st_mode)) {
    entry.bytes = static_cast<std::uint64_t>(status.st_size);
  } else if (S_ISDIR(status.st_mode)) {
    entry.kind = EntryKind::directory;
  } else if (S_ISLNK(status.st_mode)) {
    entry.kind = EntryKind::link;
    entry.target = fs::read_symlink(path).string();
  } else {
    throw Error{ErrorCode::io, "neither a file nor a directory nor a symbolic link",
        "Is a server still running there? Its sockets are not part of a data directory.",
        path.string()};
  }
  return entry;
}

}  // namespace

std::vector<TreeEntry> entries_of_tree(const fs::path& root) {
  std::vector<TreeEntry> entries;
  const std::string base = (root / "").string();
  try {
    for (const auto& found : fs::recursive_directory_iterator{root}) {
      entries.push_back(entry_at(found.path(), found.path().string().substr(base.size())));
    }
  } catch (const fs::filesystem_error& problem) {
    const fs::path& place = problem.path1().empty() ? root : problem.path1();
    throw Error{ErrorCode::io, fmt::format("cannot list: {}", problem.code().message()), {},
        place.string()};
  }
  std::sort(entries.begin(), entries.end(),
      [](const TreeEntry& left, const TreeEntry& right) { return left.path < right.path; });
  return entries;
}

}  // namespace pgrehearse
