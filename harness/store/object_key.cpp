#include "harness/store/object_key.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t most_bytes = 900;
constexpr std::size_t most_bytes_of_part = 200;

bool is_allowed(char byte) {
  return byte >= ' ' && byte < '\x7f' && byte != '~' && byte != '\\';
}

std::optional<std::string_view> fault_of(std::string_view key, bool whole) {
  if (key.size() > most_bytes) {
    return "it is longer than 900 bytes";
  }
  if (!std::all_of(key.begin(), key.end(), is_allowed)) {
    return "it has a character that is not printable ASCII, a tilde or a backslash";
  }
  const std::vector<std::string> parts = split(key, '/');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    // The last part of a prefix may go on in the keys it fits.
    const bool goes_on = !whole && i + 1 == parts.size();
    if (parts[i].empty() && !goes_on) {
      return "a part between its slashes is empty";
    }
    if ((parts[i] == "." || parts[i] == "..") && !goes_on) {
      return "a part of it leads elsewhere";
    }
    if (parts[i].size() > most_bytes_of_part) {
      return "a part of it is longer than 200 bytes";
    }
  }
  return std::nullopt;
}

void demand(std::string_view key, bool whole) {
  if (const auto fault = fault_of(key, whole)) {
    throw Error{ErrorCode::bad_value,
        std::string{whole ? "this is no key of an object: " : "no key begins so: "} +
            std::string{*fault},
        "Keys are parts of printable ASCII with a slash between them."};
  }
}

}  // namespace

void demand_key(std::string_view key) {
  demand(key, true);
}

void demand_prefix(std::string_view prefix) {
  demand(prefix, false);
}

}  // namespace pgrehearse
