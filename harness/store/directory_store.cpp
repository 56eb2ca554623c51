#include "harness/store/directory_store.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/random.hpp"
#include "harness/base/text.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/store/directory_note.hpp"
#include "harness/store/new_file.hpp"
#include "harness/store/object_key.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = 256UL * 1024;
constexpr const char* lock_name = "~lock";
// How often a reader may be overtaken by writers of the same key before that is called damage.
constexpr int most_overtakings = 100;

[[noreturn]] void fail(const char* what, const fs::path& path) {
  throw Error{
      ErrorCode::io, fmt::format("cannot {}: {}", what, std::strerror(errno)), {}, path.string()};
}

// While one lives, no other writer exchanges a note, here or in another process.
class WriterLock {
 public:
  explicit WriterLock(const fs::path& root)
      : file_(open((root / lock_name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    if (!file_.is_open()) {
      fail("open", root / lock_name);
    }
    while (flock(file_.get(), LOCK_EX) != 0) {
      if (errno != EINTR) {
        fail("lock", root / lock_name);
      }
    }
  }

 private:
  OwnedFd file_;
};

// A link would lead out of the store, or make two objects of one.
void refuse_links(const fs::path& root, const fs::path& path) {
  fs::path walked = root;
  for (const fs::path& part : path.lexically_relative(root)) {
    walked /= part;
    if (fs::is_symlink(fs::symlink_status(walked))) {
      throw Error{ErrorCode::refused, "a symbolic link lies in the store's folder",
          "It was not made by this store. Who put it there?", walked.string()};
    }
  }
}

void make_folders(const fs::path& root, const fs::path& folder) {
  fs::path walked = root;
  for (const fs::path& part : folder.lexically_relative(root)) {
    if (part != ".") {
      walked /= part;
      make_private_directory(walked);
    }
  }
}

// Writes the content to a file and returns its digest.
std::string write_content(const Content& content, const fs::path& to) {
  NewFile file{to};
  ContentReader reader{content};
  Sha256 digest;
  std::vector<char> piece(piece_bytes);
  while (const std::size_t got = reader.read(piece.data(), piece.size())) {
    digest.add({piece.data(), got});
    file.add({piece.data(), got});
  }
  file.keep();
  return digest.take_hex();
}

void hand_out(int fd, const fs::path& path, const PieceSink& sink) {
  std::vector<char> piece(piece_bytes);
  for (;;) {
    const ssize_t got = read(fd, piece.data(), piece.size());
    if (got == 0) {
      return;
    }
    if (got > 0) {
      sink({piece.data(), static_cast<std::size_t>(got)});
    } else if (errno != EINTR) {
      fail("read", path);
    }
  }
}

void demand_no_version(const StoreProperties& store, const std::optional<std::string>& version) {
  if (version.has_value()) {
    refuse_as_unable(store, "keep versions");
  }
}

}  // namespace

DirectoryStore::DirectoryStore(const fs::path& root)
    : root_(fs::absolute(root).lexically_normal()),
      properties_{
          .name = fmt::format("directory {}", root_.string()), .honours_only_if_absent = true} {
  make_private_directory(root_);
}

void DirectoryStore::demand_root() const {
  if (!fs::is_directory(root_)) {
    throw Error{ErrorCode::store_unreachable,
        fmt::format("the folder of the store {} is not there", properties_.name),
        "Is it on a file system that was unmounted?", root_.string()};
  }
}

fs::path DirectoryStore::note_of(const std::string& key) const {
  demand_key(key);
  demand_root();
  fs::path note = root_ / (key + std::string{note_suffix});
  refuse_links(root_, note);
  return note;
}

std::optional<ObjectInfo> DirectoryStore::put(
    const std::string& key, const Content& content, const PutOptions& options) {
  const fs::path note = note_of(key);
  demand_abilities(properties_, options);
  demand_labels(options.labels);
  make_folders(root_, note.parent_path());
  const std::string leaf = fs::path{key}.filename().string();
  DirectoryNote fresh{.info = {.key = key, .bytes = content.bytes(), .labels = options.labels},
      .content_name = fmt::format("{}~{}", leaf, random_hex(8))};
  const fs::path content_file = note.parent_path() / fresh.content_name;
  const std::string digest = write_content(content, content_file);
  fresh.info.sha256 = options.sha256.empty() ? digest : options.sha256;

  std::optional<DirectoryNote> before;
  try {
    const WriterLock lock{root_};
    before = read_note(note, key, properties_);
    if (options.only_if_absent && before.has_value()) {
      unlink(content_file.c_str());
      return std::nullopt;
    }
    write_note(note, fresh);
    fresh.info.modified = Timestamp::now();
  } catch (...) {
    unlink(content_file.c_str());
    throw;
  }
  if (before.has_value()) {
    unlink((note.parent_path() / before->content_name).c_str());
  }
  return fresh.info;
}

ObjectInfo DirectoryStore::read(
    const std::string& key, const std::optional<std::string>& version, const PieceSink& sink) {
  const fs::path note = note_of(key);
  demand_no_version(properties_, version);
  std::string gone;
  for (int overtaken = 0; overtaken < most_overtakings; ++overtaken) {
    const std::optional<DirectoryNote> found = read_note(note, key, properties_);
    if (!found.has_value()) {
      report_missing(properties_, key);
    }
    const fs::path content = note.parent_path() / found->content_name;
    const OwnedFd file{open(content.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    if (file.is_open()) {
      hand_out(file.get(), content, sink);
      return found->info;
    }
    if (errno != ENOENT) {
      fail("open", content);
    }
    if (found->content_name == gone) {
      break;  // no writer is at work: the note is as it was, and the file is not there
    }
    gone = found->content_name;
  }
  report_damaged(properties_, key, "the file with its content is gone");
}

std::vector<ObjectInfo> DirectoryStore::list(const std::string& prefix) {
  demand_prefix(prefix);
  demand_root();
  const std::size_t slash = prefix.rfind('/');
  const fs::path from = slash == std::string::npos ? root_ : root_ / prefix.substr(0, slash);
  refuse_links(root_, from);
  std::vector<ObjectInfo> found;
  std::error_code problem;
  fs::recursive_directory_iterator entry{from, problem};
  for (; !problem && entry != fs::recursive_directory_iterator{}; entry.increment(problem)) {
    std::string key = entry->path().string().substr(root_.string().size() + 1);
    if (!key.ends_with(note_suffix) || !key.starts_with(prefix)) {
      continue;
    }
    key.resize(key.size() - note_suffix.size());
    if (const auto note = read_note(entry->path(), key, properties_)) {
      found.push_back(note->info);
    }
  }
  if (problem && problem != std::errc::no_such_file_or_directory &&
      problem != std::errc::not_a_directory) {
    throw Error{
        ErrorCode::io, fmt::format("cannot list: {}", problem.message()), {}, from.string()};
  }
  std::sort(found.begin(), found.end(),
      [](const ObjectInfo& left, const ObjectInfo& right) { return left.key < right.key; });
  return found;
}

std::optional<ObjectInfo> DirectoryStore::stat(const std::string& key) {
  const auto note = read_note(note_of(key), key, properties_);
  return note.has_value() ? std::optional{note->info} : std::nullopt;
}

void DirectoryStore::remove(const std::string& key, const std::optional<std::string>& version) {
  const fs::path note = note_of(key);
  demand_no_version(properties_, version);
  const WriterLock lock{root_};
  struct stat found {};
  if (lstat(note.c_str(), &found) != 0) {
    return;
  }
  fs::path content;
  try {
    content = content_of(key);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::object_damaged) {
      throw;  // a note that cannot be read can still be removed
    }
  }
  if (unlink(note.c_str()) != 0 && errno != ENOENT) {
    fail("remove", note);
  }
  if (!content.empty()) {
    unlink(content.c_str());
  }
}

std::vector<ObjectInfo> DirectoryStore::versions(const std::string& key) {
  demand_key(key);
  refuse_as_unable(properties_, "keep versions");
}

fs::path DirectoryStore::content_of(const std::string& key) {
  const fs::path note = note_of(key);
  const auto found = read_note(note, key, properties_);
  if (!found.has_value()) {
    report_missing(properties_, key);
  }
  return note.parent_path() / found->content_name;
}

}  // namespace pgrehearse
