#include "harness/drill/subject_yaml.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t most_bytes = 256UL * 1024;
constexpr std::size_t most_values = 20'000;
constexpr std::size_t most_expanded_bytes = 4UL * 1024 * 1024;
constexpr std::size_t most_depth = 64;

constexpr std::string_view quoting_hint =
    "A text that begins with one of > | ! & * % @ ` [ { must be quoted: expect: \"> 0\".";

int line_of_mark(const YAML::Mark& mark) {
  return mark.line + 1;
}

// Builds the tree from the parser's events. Going by events and not by YAML::Node keeps the lines,
// lets an alias be counted before it is copied, and shows duplicate keys.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::string file) : file_(std::move(file)) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (started_) {
      fail(line_of_mark(mark), "a second document begins here",
          "One drill.yaml holds one subject: remove the line '---', or use a file for each "
          "subject.");
    }
    started_ = true;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add({.kind = YamlKind::nothing, .line = line_of_mark(mark), .entries = {}}, anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
      const std::string& value) override {
    const int line = line_of_mark(mark);
    refuse_tag(tag, line);
    if (value.find('\0') != std::string::npos) {
      fail(line, "a text holds a NUL character",
          "Remove it: neither SQL nor a program can take it.");
    }
    add({.kind = YamlKind::text, .line = line, .quoted = tag == "!", .text = value, .entries = {}},
        anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) {
      fail(line_of_mark(mark), "an alias stands inside the value it names",
          "Write the value out: it would never end.");
    }
    YamlNode copy = known->second;
    count(copy, line_of_mark(mark));
    place(std::move(copy), line_of_mark(mark), false);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
      YAML::EmitterStyle::value) override {
    open(YamlKind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
      YAML::EmitterStyle::value) override {
    open(YamlKind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  [[nodiscard]] YamlNode take() { return std::move(root_); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    bool has_key = false;
    std::string key = {};
    int key_line = 0;
  };

  [[noreturn]] void fail(int line, std::string message, std::string hint) const {
    throw Error{ErrorCode::bad_config, std::move(message), std::move(hint), place_in(file_, line)};
  }

  void refuse_tag(const std::string& tag, int line) const {
    if (!tag.empty() && tag != "?" && tag != "!") {
      fail(line, "a value carries a YAML tag", std::string{quoting_hint});
    }
  }

  void count_one(std::size_t bytes, int line) {
    values_ += 1;
    bytes_ += bytes;
    if (values_ > most_values || bytes_ > most_expanded_bytes) {
      fail(line,
          fmt::format("the file holds more than {} values or {} bytes once its aliases are put in",
              most_values, most_expanded_bytes),
          "Move long SQL into files, and do not nest aliases.");
    }
  }

  void count(const YamlNode& node, int line) {
    count_one(node.text.size(), line);
    for (const YamlNode& item : node.items) {
      count(item, line);
    }
    for (const YamlEntry& entry : node.entries) {
      count_one(entry.key.size(), line);
      count(entry.value, line);
    }
  }

  void open(YamlKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    const int line = line_of_mark(mark);
    refuse_tag(tag, line);
    if (!open_.empty() && open_.back().node.kind == YamlKind::map && !open_.back().has_key) {
      fail(line, "a key is not a text",
          "Write keys as plain words; a value in braces must be quoted.");
    }
    if (open_.size() >= most_depth) {
      fail(line, fmt::format("values are nested more than {} deep", most_depth),
          "A drill.yaml needs four levels at most.");
    }
    count_one(0, line);
    open_.push_back({.node = {.kind = kind, .line = line, .entries = {}}, .anchor = anchor});
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    const int line = done.node.line;
    remember(done.node, done.anchor);
    place(std::move(done.node), line, true);
  }

  void add(YamlNode node, YAML::anchor_t anchor) {
    const int line = node.line;
    count_one(node.text.size(), line);
    remember(node, anchor);
    place(std::move(node), line, false);
  }

  void remember(const YamlNode& node, YAML::anchor_t anchor) {
    if (anchor != 0) {
      anchors_[anchor] = node;
    }
  }

  void place(YamlNode node, int line, bool as_value) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlKind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.has_key || as_value) {
      parent.node.entries.push_back({parent.key, parent.key_line, std::move(node)});
      parent.has_key = false;
    } else {
      begin_entry(parent, node, line);
    }
  }

  void begin_entry(Open& parent, const YamlNode& key, int line) {
    if (key.kind != YamlKind::text) {
      fail(line, "a key is not a text",
          "Write keys as plain words; a value in braces must be quoted.");
    }
    const auto same = std::find_if(parent.node.entries.begin(), parent.node.entries.end(),
        [&](const YamlEntry& entry) { return entry.key == key.text; });
    if (same != parent.node.entries.end()) {
      fail(line,
          fmt::format("duplicate key {}: it is given on line {} and again on line {}",
              shown_key(key.text), same->line, line),
          "Keep one of the two: YAML would silently use only one of them.");
    }
    parent.key = key.text;
    parent.key_line = line;
    parent.has_key = true;
  }

  std::string file_;
  bool started_ = false;
  std::size_t values_ = 0;
  std::size_t bytes_ = 0;
  YamlNode root_ = {};
  std::vector<Open> open_ = {};
  std::map<YAML::anchor_t, YamlNode> anchors_ = {};
};

}  // namespace

std::string place_in(const std::string& file, int line) {
  return fmt::format("{}:{}", file, line);
}

std::string shown_key(std::string_view key) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-<";
  const bool word =
      !key.empty() && key.size() <= 63 && key.find_first_not_of(plain) == std::string_view::npos;
  return word ? fmt::format("'{}'", key) : "(not shown)";
}

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found = std::find_if(
      entries.begin(), entries.end(), [&](const YamlEntry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &found->value;
}

YamlNode parse_yaml(std::string_view text, const std::string& file) {
  if (text.size() > most_bytes) {
    throw Error{ErrorCode::bad_config,
        fmt::format("the file is larger than {} KiB", most_bytes / 1024),
        "Move long SQL into files and name them under 'files'.", place_in(file, 1)};
  }
  TreeBuilder builder{file};
  try {
    // yaml-cpp 0.7 takes a quote that nobody closes for closed when a line ends behind it: it would
    // swallow every key that follows. Without blanks at the end it notices.
    std::istringstream in{std::string{text.substr(0, text.find_last_not_of(" \t\r\n") + 1)}};
    YAML::Parser parser{in};
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& problem) {
    // What follows a colon in the parser's message may be a piece of the file.
    const std::string message = problem.msg.substr(0, problem.msg.find_first_of(":'\""));
    throw Error{ErrorCode::bad_config, fmt::format("not readable as YAML: {}", trimmed(message)),
        std::string{
            "Look at this line and the one above: indentation (no tabs), a missing quote or "
            "bracket. "} +
            std::string{quoting_hint},
        place_in(file, std::max(0, problem.mark.line) + 1)};
  }
  return builder.take();
}

int line_of(const YamlNode& root, std::string_view pointer) {
  const YamlNode* node = &root;
  int line = root.line;
  for (const std::string& step : split(pointer.substr(pointer.empty() ? 0 : 1), '/')) {
    std::size_t index = 0;
    const auto entry = std::find_if(node->entries.begin(), node->entries.end(),
        [&](const YamlEntry& candidate) { return candidate.key == step; });
    const auto read = std::from_chars(step.data(), step.data() + step.size(), index);
    if (entry != node->entries.end()) {
      line = entry->line;
      node = &entry->value;
    } else if (!step.empty() && read.ec == std::errc{} && index < node->items.size()) {
      node = &node->items[index];
      line = node->line;
    } else {
      break;
    }
  }
  return line;
}

}  // namespace pgrehearse
