#include "harness/cli/explain.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/cli/settings.hpp"
#include "harness/drill/subject_yaml.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t longest_shown = 56;

struct Default {
  std::string_view key;
  std::string value;
};

// What most people ask for. docs/drill-yaml.md has all of them.
std::vector<Default> defaults() {
  const Subject plain;
  return {{"database", plain.database}, {"scale", fmt::format("{}", plain.scale)},
      {"seed_number", fmt::format("{}", plain.seed_number)},
      {"postgres.version", fmt::format("{}", plain.postgres.version)},
      {"workload.writers", fmt::format("{}", plain.workload.writers)},
      {"workload.role", "the superuser"}, {"traffic.pooler", "none"},
      {"backup.tool", plain.backup.tool}};
}

// One line, and no longer than one reads.
std::string shown(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.size() <= longest_shown ? text : text.substr(0, longest_shown - 3) + "...";
}

void add_leaves(
    const YamlNode& node, const std::string& key, const std::string& file, std::string& text) {
  for (const YamlEntry& entry : node.entries) {
    add_leaves(entry.value, key.empty() ? entry.key : key + "." + entry.key, file, text);
  }
  for (std::size_t item = 0; item < node.items.size(); ++item) {
    add_leaves(node.items[item], fmt::format("{}[{}]", key, item), file, text);
  }
  if (node.entries.empty() && node.items.empty()) {
    text += fmt::format("  {:<34} {:<56} {}\n", key, shown(node.text), place_in(file, node.line));
  }
}

}  // namespace

std::string explanation(const RunRequest& request) {
  const std::string file = request.subject.string();
  const YamlNode root = parse_yaml(read_file(request.subject), file);
  std::string text = "options\n";
  for (const SettingRecord& setting : request.settings) {
    const auto option = std::find_if(options().begin(), options().end(),
        [&](const Option& known) { return known.name == setting.name; });
    std::string origin = setting.source;
    if (origin == "flag") {
      origin = "--" + setting.name;
    } else if (origin == "environment") {
      origin = variable_of(setting.name);
    } else if (origin == "drill.yaml" && option != options().end()) {
      std::string pointer = "/" + std::string{option->drill_yaml};
      std::replace(pointer.begin(), pointer.end(), '.', '/');
      origin = place_in(file, line_of(root, pointer));
    }
    text += fmt::format("  {:<34} {:<56} {}\n", setting.name, shown(setting.value), origin);
  }
  text += "drill.yaml\n";
  add_leaves(root, "", file, text);
  text += "not in the file, so by default\n";
  for (const Default& known : defaults()) {
    std::string pointer{known.key};
    const std::vector<std::string> steps = split(pointer, '.');
    const YamlNode* node = &root;
    for (const std::string& step : steps) {
      node = node == nullptr ? nullptr : node->find(step);
    }
    if (node == nullptr) {
      text += fmt::format("  {:<34} {:<56} default\n", known.key, known.value);
    }
  }
  return text;
}

}  // namespace pgrehearse
