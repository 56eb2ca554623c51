// YAML as a tree of texts that remember their lines. Nothing is guessed here: `no`, `on` and 010
// stay the texts they are, until the schema says what a key wants (see subject_schema.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/error.hpp"

namespace pgrehearse {

enum class YamlKind { nothing, text, number, truth, list, map };

struct YamlEntry;

/// A value of the tree. `number` and `truth` are made by conform() only.
struct YamlNode {
  YamlKind kind = YamlKind::nothing;
  int line = 0;         ///< counted from 1
  bool quoted = false;  ///< a text in quotes or a block: never a number
  std::string text = {};
  std::int64_t number = 0;
  bool truth = false;
  std::vector<YamlNode> items = {};
  std::vector<YamlEntry> entries;  ///< in the file's order

  /// The value of a key of a map, or nullptr.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

struct YamlEntry {
  std::string key;
  int line = 0;
  YamlNode value;
};

/// Reads one document. Throws Error{bad_config} with the place "<file>:<line>" for broken syntax, a
/// second document, a duplicate key (both lines are named), an explicit tag, and for whatever would
/// make reading unbounded: more than 256 KiB of text, 20000 values once aliases are put in, or an
/// alias to itself. No message shows a value: what is a secret is not known yet.
[[nodiscard]] YamlNode parse_yaml(std::string_view text, const std::string& file);

/// What a JSON pointer ("/checks/2/id") points at, as near as the tree goes: the line of
/// "<file>:<line>".
[[nodiscard]] int line_of(const YamlNode& root, std::string_view pointer);

/// "<file>:<line>"
[[nodiscard]] std::string place_in(const std::string& file, int line);

/// A key in quotes when it is a plain word, else "(not shown)": keys may be anything, even a
/// secret.
[[nodiscard]] std::string shown_key(std::string_view key);

}  // namespace pgrehearse
