#include "harness/agent/copy_set.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "harness/agent/copy_entries.hpp"
#include "harness/agent/descriptor.hpp"
#include "harness/agent/tree.hpp"
#include "harness/base/error.hpp"
#include "harness/crypto/sha256.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_named = 20;

void remove_content(const fs::path& directory) {
  for (const auto& entry : fs::directory_iterator{directory}) {
    fs::remove_all(entry.path());
  }
}

// Empties the target at the end of scope unless the copy turned out good.
class Target {
 public:
  explicit Target(const fs::path& path) : path_(path) {}
  ~Target() {
    if (!kept_) {
      // A folder that stays half full is refused by the next copy; the error on its way says the
      // rest.
      try {
        remove_content(path_);
      } catch (const std::exception&) {
        kept_ = false;
      }
    }
  }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  void keep() { kept_ = true; }

 private:
  const fs::path& path_;
  bool kept_ = false;
};

bool leaves_the_set(const TreeEntry& link) {
  const fs::path target{link.target};
  if (target.is_absolute()) {
    return true;
  }
  const fs::path landing = (fs::path{link.path}.parent_path() / target).lexically_normal();
  return !landing.empty() && *landing.begin() == "..";
}

void require_copyable(const fs::path& from, const fs::path& to,
    const std::vector<TreeEntry>& present, const std::vector<DigestEntry>& expected) {
  if (expected.empty()) {
    throw Error{ErrorCode::refused, "the digest list is empty, so nothing would be proven",
        "Was the list written when the backup was taken?"};
  }
  const fs::path inside = fs::canonical(to).lexically_relative(fs::canonical(from));
  if (!inside.empty() && *inside.begin() != "..") {
    throw Error{ErrorCode::refused, "the target lies within the backup set", {}, to.string()};
  }
  if (!fs::is_empty(to)) {
    throw Error{ErrorCode::refused, "the target directory is not empty",
        "A backup set is only ever restored into an empty directory.", to.string()};
  }
  for (const TreeEntry& entry : present) {
    if (entry.kind == EntryKind::link && leaves_the_set(entry)) {
      throw Error{ErrorCode::refused,
          fmt::format("'{}' is a symbolic link out of the backup set", entry.path),
          "Tablespaces and a pg_wal outside the data directory cannot be restored from such a set.",
          from.string()};
    }
  }
}

std::optional<std::string> difference_of(const TreeEntry& present, const DigestEntry& expected) {
  if (present.kind != expected.kind) {
    return "another kind of entry";
  }
  if (present.bytes != expected.bytes) {
    return fmt::format("{} bytes where the list says {}", present.bytes, expected.bytes);
  }
  if (present.target != expected.target) {
    return "a link to another place";
  }
  return std::nullopt;
}

// Everything that can be told without reading a file. Both sides are sorted by path.
std::vector<SetDifference> compare_names(
    const std::vector<TreeEntry>& present, const std::vector<DigestEntry>& expected) {
  std::vector<SetDifference> differences;
  auto here = present.begin();
  auto there = expected.begin();
  while (here != present.end() || there != expected.end()) {
    if (there == expected.end() || (here != present.end() && here->path < there->path)) {
      differences.push_back({here++->path, "not in the list"});
    } else if (here == present.end() || there->path < here->path) {
      differences.push_back({there++->path, "missing"});
    } else {
      if (const auto what = difference_of(*here, *there)) {
        differences.push_back({here->path, *what});
      }
      ++here;
      ++there;
    }
  }
  return differences;
}

// Copies the files and answers the digests of the bytes that were written.
std::vector<std::string> copy_files(
    const fs::path& from, const fs::path& to, const std::vector<TreeEntry>& entries) {
  std::vector<Sha256> running(entries.size());
  copy_entries(from, to, entries,
      [&](std::size_t index, std::string_view bytes) { running[index].add(bytes); });
  std::vector<std::string> digests(entries.size());
  for (std::size_t index = 0; index < entries.size(); ++index) {
    if (entries[index].kind == EntryKind::file) {
      digests[index] = running[index].take_hex();
    }
  }
  return digests;
}

}  // namespace

std::vector<SetDifference> copy_set(
    const fs::path& from, const fs::path& to, const std::vector<DigestEntry>& expected) {
  const Descriptor target_root = open_directory(to);
  const std::vector<TreeEntry> present = entries_of_tree(from);
  require_copyable(from, to, present, expected);
  std::vector<SetDifference> differences = compare_names(present, expected);
  if (!differences.empty()) {
    return differences;
  }
  Target target{to};
  const std::vector<std::string> digests = copy_files(from, to, present);
  for (std::size_t index = 0; index < present.size(); ++index) {
    if (digests[index] != expected[index].sha256) {
      differences.push_back({present[index].path, "other content"});
    }
  }
  if (differences.empty()) {
    set_directory_modes(to, present);
    if (syncfs(target_root.fd()) != 0) {
      throw_io("sync the file system of", to);
    }
    target.keep();
  }
  return differences;
}

std::string text_of(const std::vector<SetDifference>& differences) {
  std::string text;
  for (std::size_t index = 0; index < std::min(differences.size(), most_named); ++index) {
    text += fmt::format("{}: {}\n", differences[index].path, differences[index].what);
  }
  if (differences.size() > most_named) {
    text += fmt::format("and {} more\n", differences.size() - most_named);
  }
  return text;
}

}  // namespace pgrehearse
