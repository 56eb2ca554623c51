#include "harness/agent/copy_set.hpp"

#include <algorithm>
#include <cerrno>
#include <numeric>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/agent/descriptor.hpp"
#include "harness/agent/parallel.hpp"
#include "harness/agent/tree.hpp"
#include "harness/base/error.hpp"
#include "harness/crypto/sha256.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = 256UL * 1024;
constexpr std::size_t most_named = 20;
constexpr unsigned permission_bits = 0777;

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

// Copies one file and answers the digest of the bytes that were written.
std::string copy_file(const fs::path& from, const fs::path& to, const TreeEntry& entry) {
  const Descriptor source = open_file(from, O_RDONLY | O_NOFOLLOW);
  const Descriptor copy = open_file(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
  std::vector<char> piece(std::clamp<std::uint64_t>(entry.bytes + 1, 1, piece_bytes));
  Sha256 digest;
  while (const std::size_t got = read_piece(source, piece, from)) {
    digest.add({piece.data(), got});
    write_whole(copy, {piece.data(), got}, to);
  }
  if (fchmod(copy.fd(), entry.mode & permission_bits) != 0) {
    throw_io("set the mode of", to);
  }
  return digest.take_hex();
}

std::vector<std::string> copy_files(
    const fs::path& from, const fs::path& to, const std::vector<TreeEntry>& entries) {
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    return entries[left].bytes > entries[right].bytes;
  });
  std::vector<std::string> digests(entries.size());
  in_parallel(order.size(), [&](std::size_t index) {
    const TreeEntry& entry = entries[order[index]];
    if (entry.kind == EntryKind::file) {
      digests[order[index]] = copy_file(from / entry.path, to / entry.path, entry);
    }
  });
  return digests;
}

// Parents stand before their content, because the entries are sorted.
void make_directories_and_links(const fs::path& to, const std::vector<TreeEntry>& entries) {
  for (const TreeEntry& entry : entries) {
    const fs::path path = to / entry.path;
    if (entry.kind == EntryKind::directory && mkdir(path.c_str(), 0700) != 0) {
      throw_io("create directory", path);
    }
    if (entry.kind == EntryKind::link && symlink(entry.target.c_str(), path.c_str()) != 0) {
      throw_io("create symbolic link", path);
    }
  }
}

// Last, and inner ones first: a directory may be read-only.
void set_directory_modes(const fs::path& to, const std::vector<TreeEntry>& entries) {
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const fs::path path = to / entry->path;
    if (entry->kind == EntryKind::directory &&
        chmod(path.c_str(), entry->mode & permission_bits) != 0) {
      throw_io("set the mode of", path);
    }
  }
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
  make_directories_and_links(to, present);
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
