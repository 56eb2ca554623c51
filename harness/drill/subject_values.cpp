#include "harness/drill/subject_values.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr Milliseconds longest_duration = std::chrono::hours{24 * 3650};

}  // namespace

SubjectValues::SubjectValues(std::string file, fs::path folder)
    : file_(std::move(file)), folder_(std::move(folder)) {}

void SubjectValues::fail(int line, std::string message, std::string hint) const {
  throw Error{ErrorCode::bad_config, std::move(message), std::move(hint), place_in(file_, line)};
}

void SubjectValues::set(std::string& value, const YamlNode& map, std::string_view key) {
  if (const YamlNode* node = map.find(key)) {
    value = node->text;
  }
}

void SubjectValues::set(int& value, const YamlNode& map, std::string_view key) {
  if (const YamlNode* node = map.find(key)) {
    value = static_cast<int>(node->number);  // the schema bounds it
  }
}

void SubjectValues::set(std::int64_t& value, const YamlNode& map, std::string_view key) {
  if (const YamlNode* node = map.find(key)) {
    value = node->number;
  }
}

void SubjectValues::exclude(
    const YamlNode& map, std::string_view one, std::string_view other) const {
  if (map.find(one) != nullptr && map.find(other) != nullptr) {
    const int line = std::max(map.find(one)->line, map.find(other)->line);
    fail(line, fmt::format("'{}' and '{}' exclude each other", one, other),
        fmt::format("Keep one of them: the work is done by '{}' or by '{}'.", one, other));
  }
}

std::vector<std::string> SubjectValues::texts(const YamlNode& map, std::string_view key) {
  std::vector<std::string> found;
  if (const YamlNode* node = map.find(key)) {
    if (node->kind == YamlKind::text) {
      found.push_back(node->text);
    }
    for (const YamlNode& item : node->items) {
      found.push_back(item.text);
    }
  }
  return found;
}

std::map<std::string, std::string> SubjectValues::settings(const YamlNode& map) {
  std::map<std::string, std::string> found;
  if (const YamlNode* node = map.find("settings")) {
    for (const YamlEntry& entry : node->entries) {
      found.emplace(entry.key, entry.value.text);
    }
  }
  return found;
}

std::optional<Milliseconds> SubjectValues::duration(
    const YamlNode& map, std::string_view key) const {
  const YamlNode* node = map.find(key);
  if (node == nullptr) {
    return std::nullopt;
  }
  const Milliseconds value = parse_duration(node->text);
  if (value > longest_duration) {
    fail(node->line, fmt::format("'{}' is longer than ten years", key), "Was another unit meant?");
  }
  return value;
}

std::optional<Command> SubjectValues::command(const YamlNode& map, std::string_view key) const {
  const YamlNode* node = map.find(key);
  if (node == nullptr && key != "command") {
    return std::nullopt;
  }
  if (node == nullptr) {
    if (const YamlNode* deadline = map.find("deadline")) {
      fail(deadline->line, "'deadline' stands without a 'command'",
          "Only a command has a deadline here: remove it, or give the command.");
    }
    return std::nullopt;
  }
  Command command;
  command.argv = node->kind == YamlKind::text
                     ? std::vector<std::string>{"/bin/sh", "-c", node->text}
                     : texts(map, key);
  if (trimmed(command.argv.front()).empty() || trimmed(command.argv.back()).empty()) {
    fail(node->line, fmt::format("'{}' has an empty part", key),
        "Name a program and its arguments.");
  }
  std::error_code ignored;
  const fs::path program = command.argv.front();
  if (program.has_parent_path() && !fs::exists(folder_ / program, ignored)) {
    fail(node->line, fmt::format("there is no program '{}'", program.string()),
        "Commands run in the folder of drill.yaml: give the path from there, or a name found in "
        "PATH.");
  }
  if (const std::optional<Milliseconds> deadline = duration(map, "deadline")) {
    if (deadline->count() == 0) {
      fail(map.find("deadline")->line, "'deadline' is nothing", "Give the command time to run.");
    }
    command.deadline = *deadline;
  }
  return command;
}

fs::path SubjectValues::directory(const YamlNode& map) const {
  const YamlNode* node = map.find("directory");
  if (node == nullptr) {
    return {};
  }
  std::error_code ignored;
  if (!fs::is_directory(folder_ / node->text, ignored)) {
    fail(node->line, fmt::format("there is no folder '{}'", node->text),
        "Paths start in the folder of drill.yaml.");
  }
  return (folder_ / node->text).lexically_normal();
}

fs::path SubjectValues::plain_file(const YamlNode& node) const {
  std::error_code ignored;
  if (!fs::is_regular_file(folder_ / node.text, ignored)) {
    fail(node.line, fmt::format("there is no file '{}'", node.text),
        "Paths start in the folder of drill.yaml.");
  }
  return (folder_ / node.text).lexically_normal();
}

fs::path SubjectValues::one_file(const YamlNode& map) const {
  const YamlNode* node = map.find("file");
  return node == nullptr ? fs::path{} : plain_file(*node);
}

std::vector<fs::path> SubjectValues::files(const YamlNode& map) const {
  std::vector<fs::path> found;
  const YamlNode* node = map.find("files");
  for (const YamlNode& item : node == nullptr ? std::vector<YamlNode>{} : node->items) {
    found.push_back(plain_file(item));
  }
  return found;
}

}  // namespace pgrehearse
