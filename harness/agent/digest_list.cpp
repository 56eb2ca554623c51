#include "harness/agent/digest_list.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>

#include "harness/agent/descriptor.hpp"
#include "harness/agent/parallel.hpp"
#include "harness/agent/wal_file.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/crypto/sha256.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = 256UL * 1024;
constexpr std::size_t sha256_digits = 64;
constexpr std::string_view escaped_letters = "\\nrs";
constexpr std::string_view plain_letters = "\\\n\r ";

std::string escaped(std::string_view text, bool spaces) {
  std::string out;
  for (const char letter : text) {
    const std::size_t which = plain_letters.find(letter);
    if (which == std::string_view::npos || (letter == ' ' && !spaces)) {
      out += letter;
    } else {
      out += '\\';
      out += escaped_letters[which];
    }
  }
  return out;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      out += text[at];
      continue;
    }
    ++at;
    const std::size_t which =
        at < text.size() ? escaped_letters.find(text[at]) : std::string_view::npos;
    if (which == std::string_view::npos) {
      return std::nullopt;
    }
    out += plain_letters[which];
  }
  return out;
}

std::string digest_of(const fs::path& path, std::uint64_t expected_bytes) {
  const Descriptor file = open_file(path, O_RDONLY | O_NOFOLLOW);
  std::vector<char> piece(std::clamp<std::uint64_t>(expected_bytes + 1, 1, piece_bytes));
  Sha256 digest;
  std::uint64_t bytes = 0;
  while (const std::size_t got = read_piece(file, piece, path)) {
    digest.add({piece.data(), got});
    bytes += got;
  }
  if (bytes != expected_bytes) {
    throw Error{ErrorCode::io, "the file changed its size while it was read",
        "Is something still writing there?", path.string()};
  }
  return digest.take_hex();
}

bool is_sha256(std::string_view text) {
  return text.size() == sha256_digits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<DigestEntry> parse_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t second = line.find(' ', first == std::string_view::npos ? first : first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view head = line.substr(0, first);
  const std::string_view middle = line.substr(first + 1, second - first - 1);
  std::optional<std::string> path = unescaped(line.substr(second + 1));
  std::optional<std::string> target = unescaped(middle);
  if (!path.has_value() || path->empty() || !target.has_value()) {
    return std::nullopt;
  }
  DigestEntry entry{.path = std::move(*path)};
  if (head == "dir" && middle == "-") {
    entry.kind = EntryKind::directory;
    return entry;
  }
  if (head == "link" && !target->empty()) {
    entry.kind = EntryKind::link;
    entry.target = std::move(*target);
    return entry;
  }
  const auto [end, code] =
      std::from_chars(middle.data(), middle.data() + middle.size(), entry.bytes);
  if (!is_sha256(head) || code != std::errc{} || end != middle.data() + middle.size()) {
    return std::nullopt;
  }
  entry.sha256 = head;
  return entry;
}

}  // namespace

std::vector<DigestEntry> digest_of_tree(const fs::path& root) {
  const std::vector<TreeEntry> found = entries_of_tree(root);
  std::vector<DigestEntry> entries;
  entries.reserve(found.size());
  for (const TreeEntry& entry : found) {
    entries.push_back(
        {.kind = entry.kind, .path = entry.path, .bytes = entry.bytes, .target = entry.target});
  }
  // Large files first, so that no thread is left alone with one at the end.
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    return entries[left].bytes > entries[right].bytes;
  });
  in_parallel(order.size(), [&](std::size_t index) {
    DigestEntry& entry = entries[order[index]];
    if (entry.kind == EntryKind::file) {
      entry.sha256 = digest_of(root / entry.path, entry.bytes);
    }
  });
  return entries;
}

std::vector<DigestEntry> digest_of_archive(const fs::path& archive) {
  std::vector<DigestEntry> entries;
  std::error_code problem;
  for (const fs::directory_entry& file : fs::directory_iterator{archive, problem}) {
    const std::string name = file.path().filename().string();
    if (wal_file_kind(name)) {
      const std::uint64_t bytes = file.file_size();
      DigestEntry entry{.path = name};
      entry.bytes = bytes;
      entry.sha256 = digest_of(file.path(), bytes);
      entries.push_back(std::move(entry));
    }
  }
  if (problem) {
    throw Error{
        ErrorCode::io, "cannot read the archive: " + problem.message(), {}, archive.string()};
  }
  std::sort(entries.begin(), entries.end(),
      [](const DigestEntry& left, const DigestEntry& right) { return left.path < right.path; });
  return entries;
}

std::string text_of(const std::vector<DigestEntry>& entries) {
  std::string text;
  for (const DigestEntry& entry : entries) {
    const std::string path = escaped(entry.path, false);
    switch (entry.kind) {
      case EntryKind::file:
        text += fmt::format("{} {} {}\n", entry.sha256, entry.bytes, path);
        break;
      case EntryKind::directory:
        text += fmt::format("dir - {}\n", path);
        break;
      case EntryKind::link:
        text += fmt::format("link {} {}\n", escaped(entry.target, true), path);
        break;
    }
  }
  return text;
}

std::vector<DigestEntry> parse_digest_list(std::string_view text) {
  std::vector<DigestEntry> entries;
  std::size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    std::optional<DigestEntry> entry = parse_line(line);
    if (!entry.has_value() || (!entries.empty() && entry->path <= entries.back().path)) {
      throw Error{ErrorCode::bad_value,
          fmt::format("line {} of the digest list is not one", number),
          "Was the list cut, sorted or edited? It is written by pgrehearse-agent digest."};
    }
    entries.push_back(std::move(*entry));
  }
  return entries;
}

}  // namespace pgrehearse
