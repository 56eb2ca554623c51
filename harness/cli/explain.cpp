#include "harness/cli/explain.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/cli/explain_defaults.hpp"
#include "harness/cli/settings.hpp"
#include "harness/drill/subject_yaml.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t longest_shown = 56;

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

std::string row(std::string_view key, std::string value, std::string_view origin) {
  return fmt::format("  {:<34} {:<56} {}\n", key, shown(std::move(value)), origin);
}

const YamlNode* node_at(const YamlNode& root, std::string_view key) {
  const YamlNode* node = &root;
  for (const std::string& step : split(key, '.')) {
    node = node == nullptr ? nullptr : node->find(step);
  }
  return node;
}

// A figure that is given beside a profile replaces the profile's.
std::string origin_of_bound(
    const YamlNode& bounds, std::string_view bound, const std::string& file) {
  if (const YamlNode* const given = bounds.find(bound)) {
    return place_in(file, given->line);
  }
  const YamlNode* const profile = bounds.find("profile");
  return profile == nullptr
             ? "nobody gave it"
             : fmt::format("profile {}, {}", profile->text, place_in(file, profile->line));
}

std::string objectives_in_force(
    const RunRequest& request, const YamlNode& root, const std::string& file) {
  std::string text = "objectives\n";
  const Subject subject = load_subject(request.subject);
  for (const auto& [scenario, bounds] : subject.objectives) {
    const YamlNode& given = *root.find("objectives")->find(scenario);
    for (const auto& [bound, value] :
        {std::pair{"rpo", bounds.rpo}, std::pair{"rto", bounds.rto}}) {
      text += row(scenario + "." + bound, value ? text_of(*value) : "none",
          origin_of_bound(given, bound, file));
    }
  }
  return text + row("any other scenario", "none", "nobody gave it");
}

// A flag or a variable that gives this key is in the options above.
bool is_given_elsewhere(const RunRequest& request, std::string_view key) {
  return std::any_of(options().begin(), options().end(), [&](const Option& option) {
    return option.drill_yaml == key &&
           std::any_of(
               request.settings.begin(), request.settings.end(), [&](const SettingRecord& setting) {
                 return setting.name == option.name && setting.source != "default";
               });
  });
}

std::string defaults_in_force(const RunRequest& request, const YamlNode& root) {
  std::string text = "not in the file, so by default\n";
  for (const DefaultValue& known : default_values()) {
    const bool matters = known.beside.empty() || node_at(root, known.beside) != nullptr;
    if (matters && node_at(root, known.key) == nullptr && !is_given_elsewhere(request, known.key)) {
      text += row(known.key, known.value, "default");
    }
  }
  return text;
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
    text += row(setting.name, setting.value, origin);
  }
  text += "drill.yaml\n";
  add_leaves(root, "", file, text);
  text += objectives_in_force(request, root, file);
  text += defaults_in_force(request, root);
  return text;
}

}  // namespace pgrehearse
