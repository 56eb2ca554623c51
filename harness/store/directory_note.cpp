#include "harness/store/directory_note.hpp"

#include <charconv>
#include <cstring>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

Timestamp modified_at(const struct stat& file) {
  const std::chrono::nanoseconds since_epoch =
      Seconds{file.st_mtim.tv_sec} + std::chrono::nanoseconds{file.st_mtim.tv_nsec};
  return Timestamp{std::chrono::duration_cast<Microseconds>(since_epoch)};
}

// Beside the note "data.tar~object" lies the content "data.tar~<id>".
std::string content_name(const std::filesystem::path& note, const std::string& id) {
  const std::string name = note.filename().string();
  return name.substr(0, name.size() - note_suffix.size()) + "~" + id;
}

// From the second line on: a name, a blank, the text.
ObjectLabels labels_in(const std::vector<std::string>& lines) {
  ObjectLabels labels;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::size_t blank = lines[i].find(' ');
    if (blank != std::string::npos) {
      labels[lines[i].substr(0, blank)] = lines[i].substr(blank + 1);
    }
  }
  return labels;
}

}  // namespace

std::optional<DirectoryNote> read_note(
    const std::filesystem::path& note, const std::string& key, const StoreProperties& store) {
  struct stat found {};
  if (lstat(note.c_str(), &found) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return std::nullopt;
    }
    throw Error{
        ErrorCode::io, fmt::format("cannot read: {}", std::strerror(errno)), {}, note.string()};
  }
  std::string text;
  try {
    text = read_file(note);
  } catch (const Error&) {
    if (lstat(note.c_str(), &found) != 0 && errno == ENOENT) {
      return std::nullopt;  // removed just now
    }
    throw;
  }
  const std::vector<std::string> lines = lines_of(text);
  const std::vector<std::string> words = split(lines.empty() ? "" : lines.front(), ' ');
  DirectoryNote read{.info = {.key = key, .modified = modified_at(found)}, .content_name = {}};
  if (words.size() == 3) {
    const char* end = words[1].data() + words[1].size();
    const auto [stopped, problem] = std::from_chars(words[1].data(), end, read.info.bytes);
    if (problem == std::errc{} && stopped == end && words[0].size() == 64 &&
        words[2].find('/') == std::string::npos) {
      read.info.sha256 = words[0];
      read.content_name = content_name(note, words[2]);
      read.info.labels = labels_in(lines);
      return read;
    }
  }
  report_damaged(store, key, "the note about it cannot be understood");
}

void write_note(const std::filesystem::path& note, const DirectoryNote& content) {
  const std::string id = content.content_name.substr(content.content_name.rfind('~') + 1);
  std::string text = fmt::format("{} {} {}\n", content.info.sha256, content.info.bytes, id);
  for (const auto& [name, value] : content.info.labels) {
    text += fmt::format("{} {}\n", name, value);
  }
  write_file(note, text, 0600);
}

}  // namespace pgrehearse
