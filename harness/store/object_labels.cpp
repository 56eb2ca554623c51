#include "harness/store/object_labels.hpp"

#include <algorithm>
#include <string_view>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t most_bytes = 1600;
constexpr std::size_t most_bytes_of_name = 40;

bool is_name(std::string_view name) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return !name.empty() && name.size() <= most_bytes_of_name && name.front() >= 'a' &&
         name.find_first_not_of(plain) == std::string_view::npos;
}

bool is_value(std::string_view value) {
  return !value.empty() && trimmed(value) == value &&
         std::all_of(
             value.begin(), value.end(), [](char byte) { return byte >= ' ' && byte < '\x7f'; });
}

bool begin_alike(std::string_view left, std::string_view right) {
  return left.starts_with(right) || right.starts_with(left);
}

}  // namespace

void demand_labels(const ObjectLabels& labels) {
  std::size_t bytes = 0;
  std::string_view before = "sha256";
  for (const auto& [name, value] : labels) {
    bytes += name.size() + value.size();
    if (begin_alike(name, "sha256") || begin_alike(name, before)) {
      throw Error{ErrorCode::bad_value, "the name of a label is the beginning of another",
          "Give them names that differ in their first letters. Every object has a label sha256."};
    }
    before = name;
    if (!is_name(name) || !is_value(value)) {
      throw Error{ErrorCode::bad_value, "this is no label of an object",
          "A label has a name of lower-case letters, digits and hyphens, and a text of printable "
          "ASCII."};
    }
  }
  if (bytes > most_bytes) {
    throw Error{ErrorCode::bad_value, "the labels of an object are longer than 1600 bytes",
        "Not every store has room for more."};
  }
}

}  // namespace pgrehearse
