#include "harness/agent/copy_entries.hpp"

#include <algorithm>
#include <cerrno>
#include <numeric>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/agent/descriptor.hpp"
#include "harness/agent/parallel.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr unsigned permission_bits = 0777;
constexpr std::size_t piece_bytes = 256UL * 1024;
constexpr std::size_t write_back_bytes = 16UL * 1024 * 1024;

// The disk may begin while we go on reading: whoever syncs in the end then waits for less. A hint,
// so it cannot fail.
void start_write_back(const Descriptor& file) {
  static_cast<void>(sync_file_range(file.fd(), 0, 0, SYNC_FILE_RANGE_WRITE));
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

// The big ones first, so that no core is left alone with one at the end.
std::vector<std::size_t> largest_first(const std::vector<TreeEntry>& entries) {
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    return entries[left].bytes > entries[right].bytes;
  });
  return order;
}

}  // namespace

void copy_entries(const fs::path& from, const fs::path& to, const std::vector<TreeEntry>& entries,
    const PieceSink& seen) {
  make_directories_and_links(to, entries);
  const std::vector<std::size_t> order = largest_first(entries);
  in_parallel(order.size(), [&](std::size_t place) {
    const std::size_t index = order[place];
    const TreeEntry& entry = entries[index];
    if (entry.kind != EntryKind::file) {
      return;
    }
    const fs::path original = from / entry.path;
    const fs::path path = to / entry.path;
    const Descriptor source = open_file(original, O_RDONLY | O_NOFOLLOW);
    const Descriptor copy = open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    std::vector<char> piece(std::min<std::uint64_t>(entry.bytes + 1, piece_bytes));
    std::size_t got = piece.size();
    std::size_t unwritten = 0;
    while (got == piece.size()) {
      got = read_piece(source, piece, original);
      write_whole(copy, {piece.data(), got}, path);
      seen(index, {piece.data(), got});
      unwritten += got;
      if (unwritten >= write_back_bytes) {
        start_write_back(copy);
        unwritten = 0;
      }
    }
    if (fchmod(copy.fd(), entry.mode & permission_bits) != 0) {
      throw_io("set the mode of", path);
    }
  });
}

void set_directory_modes(const fs::path& to, const std::vector<TreeEntry>& entries) {
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const fs::path path = to / entry->path;
    if (entry->kind == EntryKind::directory &&
        chmod(path.c_str(), entry->mode & permission_bits) != 0) {
      throw_io("set the mode of", path);
    }
  }
}

void copy_tree(const fs::path& from, const fs::path& to) {
  const std::vector<TreeEntry> entries = entries_of_tree(from);
  if (mkdir(to.c_str(), 0700) != 0) {
    throw_io("create directory", to);
  }
  copy_entries(from, to, entries, [](std::size_t, std::string_view) {});
  set_directory_modes(to, entries);
}

}  // namespace pgrehearse
