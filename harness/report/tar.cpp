#include "harness/report/tar.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

#include <fmt/format.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

// IEEE Std 1003.1, pax, "ustar Interchange Format".
constexpr std::size_t block = 512;
constexpr std::size_t name_size = 100;
constexpr std::size_t size_at = 124;
constexpr std::size_t checksum_at = 148;
constexpr std::size_t prefix_at = 345;
constexpr std::size_t prefix_size = 155;

void put(std::string& header, std::size_t at, std::string_view text) {
  std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
}

// Where a long name is cut: the part behind the slash goes into the name field.
std::size_t cut_of(const std::string& name) {
  if (name.size() <= name_size) {
    return std::string::npos;
  }
  const std::size_t slash = name.find('/', name.size() - name_size - 1);
  return slash == std::string::npos || slash > prefix_size ? name.size() : slash;
}

std::string header_of(const TarEntry& entry) {
  const std::size_t cut = cut_of(entry.name);
  if (entry.name.empty() || cut == entry.name.size()) {
    throw Error{ErrorCode::bad_value, "the name of a file is too long for a tar archive",
        "Names of up to 100 characters behind a folder of up to 155 fit.", entry.name};
  }
  std::string header(block, '\0');
  put(header, 0, cut == std::string::npos ? entry.name : entry.name.substr(cut + 1));
  put(header, prefix_at, cut == std::string::npos ? "" : entry.name.substr(0, cut));
  put(header, 100, "0000644");
  put(header, 108, "0000000");
  put(header, 116, "0000000");
  put(header, size_at, fmt::format("{:011o}", entry.content.size()));
  put(header, 136, "00000000000");
  put(header, checksum_at, "        ");
  put(header, 156, "0");
  put(header, 257, std::string_view{"ustar\00000", 8});
  const unsigned sum = std::accumulate(header.begin(), header.end(), 0U,
      [](unsigned all, char c) { return all + static_cast<unsigned char>(c); });
  put(header, checksum_at, fmt::format("{:06o}", sum) + std::string{"\0 ", 2});
  return header;
}

std::string field(std::string_view header, std::size_t at, std::size_t size) {
  const std::string_view text = header.substr(at, size);
  return std::string{text.substr(0, text.find('\0'))};
}

[[noreturn]] void refuse(std::string_view why) {
  throw Error{
      ErrorCode::bad_value, fmt::format("this is no bundle as pgrehearse writes it: {}", why)};
}

}  // namespace

std::string write_tar(const std::vector<TarEntry>& entries) {
  std::string bytes;
  for (const TarEntry& entry : entries) {
    bytes += header_of(entry) + entry.content;
    bytes.append((block - bytes.size() % block) % block, '\0');
  }
  return bytes.append(2 * block, '\0');
}

std::vector<TarEntry> read_tar(std::string_view bytes) {
  std::vector<TarEntry> entries;
  std::size_t at = 0;
  while (at + block <= bytes.size() && bytes[at] != '\0') {
    const std::string_view header = bytes.substr(at, block);
    const std::string prefix = field(header, prefix_at, prefix_size);
    const std::string digits = field(header, size_at, 12);
    std::size_t size = 0;
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), size, 8);
    at += block;
    if (problem != std::errc{} || size > bytes.size() - at) {
      refuse("a file in it is not whole");
    }
    entries.push_back({(prefix.empty() ? "" : prefix + "/") + field(header, 0, name_size),
        std::string{bytes.substr(at, size)}});
    at += size + (block - size % block) % block;
    if (at > bytes.size()) {
      refuse("it is cut off");
    }
  }
  if (entries.empty()) {
    refuse("it holds no file");
  }
  // There is one way only to write these entries: whatever differs from it was changed.
  if (write_tar(entries) != bytes) {
    refuse("a byte around the files was changed, added or cut off");
  }
  return entries;
}

}  // namespace pgrehearse
