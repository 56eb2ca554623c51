#include "harness/cli/settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/drill/subject_secrets.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view prefix = "PGREHEARSE_";

constexpr std::array<Option, 26> all_options{{
    {"engine", "auto", "", "auto docker podman local", "what makes the disposable instances"},
    {"image", "", "postgres.image", "",
        "image for the container engines; empty: the engine's choice"},
    {"subject", "", "", "",
        "path of a drill.yaml; empty: the one of this folder, else the built-in bookings"},
    {"base", "", "", "",
        "git ref that new migrations start from; of gate, empty: the target branch that the CI "
        "names"},
    {"affected", "false", "", "true false 1 0",
        "of gate: succeed at once when nothing it looks at has changed since the base"},
    {"keep-golden", "", "", "",
        "of gate: name of a release whose backup is kept in drill.yaml's folder of golden backups"},
    {"scenario", "", "", "", "name of the scenario to run; empty: all"},
    {"only", "", "", "",
        "of prove: traps (T17), controls (C2.3) and sabotages by name, separated by commas; empty: "
        "all"},
    {"tool", "pg_basebackup", "backup.tool", "",
        "backup tool of the source; of prove: one or several, separated by commas, a trial each"},
    {"report-dir", "", "", "", "folder for the reports; empty: reports/out/<run-id>"},
    {"keep", "false", "", "true false 1 0", "leave the instances standing at the end"},
    {"jobs", "auto", "", "",
        "cases at a time, each in a process of its own; auto: for run 1, for prove what fits"},
    {"proof", "", "", "",
        "record.json of a prove of this program and configuration; empty: the last one here"},
    {"seed", "1", "seed_number", "", "what the seed's randomness starts from"},
    {"scale", "1", "scale", "", "how much data the seed makes"},
    {"writers", "4", "workload.writers", "", "how many clients write at once"},
    {"pooler", "none", "traffic.pooler", "none pgbouncer", "what clients go through"},
    {"commits", "150", "", "", "acknowledged commits to wait for before the marker"},
    {"junit-dialect", "superset", "", "superset jenkins", "how JUnit XML is written"},
    {"colour", "auto", "", "auto always never", "colour on the terminal"},
    {"format", "text", "", "text json",
        "what standard output gets: a summary, or the record (then all else goes to standard "
        "error)"},
    {"notify-on", "always", "", "always red never",
        "when the webhook or the command of the environment is told"},
    {"metrics-file", "", "", "",
        "file for the numbers of the run, in the text format of Prometheus"},
    {"history", "", "", "",
        "place in a bucket, s3://bucket/key, that keeps the record of each run"},
    {"follow-up-owner", "", "", "", "who owns the gaps that a run finds: a role or a team"},
    {"follow-up-within", "14d", "", "", "until when a gap is to be closed, from the drill's end"},
}};

// Read elsewhere: where things are on this host, what the pipelines are told (ci/pipelines), and
// what our own children are told.
constexpr std::array<std::string_view, 19> other_variables{"STATE_DIR", "CACHE_DIR", "LIBEXEC",
    "PG_BIN", "PGBOUNCER", "LOCAL_USER", "OWNER", "OPERATOR", "CONTAINER_MEMORY", "SIGNING_KEY",
    "PUBLIC_KEY", "WEBHOOK_URL", "WEBHOOK_FORM", "NOTIFY_COMMAND", "PUSHGATEWAY_URL", "PROJECT",
    "EVIDENCE", "REPORTS", "EVERY"};
constexpr std::array<std::string_view, 7> told_to_children{
    "PART_OF_A_RUN", "RUN_ID", "PHASE", "MARKER", "ARTIFACTS", "HEARTBEATS", "INSTANCE"};

const Option* option_named(std::string_view name) {
  const auto found = std::find_if(all_options.begin(), all_options.end(),
      [&](const Option& option) { return option.name == name; });
  return found == all_options.end() ? nullptr : &*found;
}

const Option& known_option(std::string_view name) {
  if (const Option* option = option_named(name)) {
    return *option;
  }
  throw Error{ErrorCode::internal, fmt::format("nobody declared the option '{}'", name)};
}

std::string did_you_mean(std::string_view given, std::span<const std::string> known) {
  const std::optional<std::string> meant = nearest(given, known);
  return meant ? fmt::format("Did you mean '{}'? ", *meant) : "";
}

std::string shown(const std::string& value) {
  return secret_in(value).empty() && value.size() <= 200 ? value : "[redacted]";
}

// What the file says of an option; asked only when the file states it.
std::string value_in(const Subject& subject, std::string_view key) {
  if (key == "postgres.image") {
    return subject.postgres.image;
  }
  if (key == "seed_number") {
    return fmt::format("{}", subject.seed_number);
  }
  if (key == "traffic.pooler") {
    return subject.traffic.pooled ? "pgbouncer" : "none";
  }
  if (key == "backup.tool") {
    return subject.backup.tool;
  }
  return fmt::format("{}", key == "scale" ? subject.scale : subject.workload.writers);
}

}  // namespace

std::span<const Option> options() {
  return all_options;
}

std::string variable_of(std::string_view option) {
  std::string name{prefix};
  for (const char letter : option) {
    name +=
        letter == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return name;
}

Texts environment_here() {
  Texts found;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view line{*entry};
    const std::size_t end = line.find('=');
    if (end != std::string_view::npos) {
      found.emplace(line.substr(0, end), line.substr(end + 1));
    }
  }
  return found;
}

Settings::Settings(Texts flags, Texts environment)
    : flags_(std::move(flags)), environment_(std::move(environment)) {
  std::vector<std::string> names;
  names.reserve(all_options.size());
  for (const Option& option : all_options) {
    names.emplace_back(option.name);
  }
  for (const auto& [name, value] : flags_) {
    if (option_named(name) == nullptr) {
      throw Error{ErrorCode::bad_config, fmt::format("unknown option '{}'", name),
          fmt::format("{}Known options: {}.", did_you_mean(name, names), joined(names, ", ")),
          "--" + name};
    }
  }
}

void Settings::adopt(const Subject& subject) {
  drill_yaml_.clear();
  for (const Option& option : all_options) {
    if (!option.drill_yaml.empty() && subject.stated.contains(std::string{option.drill_yaml})) {
      drill_yaml_[std::string{option.name}] = value_in(subject, option.drill_yaml);
    }
  }
}

Settings::Found Settings::find(std::string_view name) const {
  const Option& option = known_option(name);
  const std::string key{name};
  if (const auto flag = flags_.find(key); flag != flags_.end()) {
    return {flag->second, "flag", "--" + key};
  }
  const std::string variable = variable_of(name);
  if (const auto set = environment_.find(variable);
      set != environment_.end() && !set->second.empty()) {
    return {set->second, "environment", variable};
  }
  if (const auto stated = drill_yaml_.find(key); stated != drill_yaml_.end()) {
    return {stated->second, "drill.yaml", fmt::format("drill.yaml: {}", option.drill_yaml)};
  }
  return {std::string{option.default_value}, "default", fmt::format("default of --{}", key)};
}

std::string Settings::text(std::string_view name) const {
  const Found found = find(name);
  const Option& option = known_option(name);
  if (option.choices.empty()) {
    return found.value;
  }
  const std::vector<std::string> choices = split(option.choices, ' ');
  if (std::find(choices.begin(), choices.end(), found.value) == choices.end()) {
    throw Error{ErrorCode::bad_config,
        fmt::format("'{}' is not a value of {}", shown(found.value), name),
        fmt::format("{}Known values: {}.", did_you_mean(found.value.substr(0, 63), choices),
            joined(choices, ", ")),
        found.place};
  }
  return found.value;
}

std::int64_t Settings::number(std::string_view name, std::int64_t least, std::int64_t most) const {
  const Found found = find(name);
  std::int64_t value = 0;
  const char* last = found.value.data() + found.value.size();
  const auto [end, problem] = std::from_chars(found.value.data(), last, value);
  if (problem != std::errc{} || end != last || value < least || value > most) {
    throw Error{ErrorCode::bad_config,
        fmt::format("{} must be a whole number from {} to {}, and '{}' is not", name, least, most,
            shown(found.value)),
        fmt::format("It means: {}.", known_option(name).meaning), found.place};
  }
  return value;
}

Milliseconds Settings::duration(std::string_view name) const {
  const Found found = find(name);
  try {
    return parse_duration(found.value);
  } catch (const Error& problem) {
    throw Error{ErrorCode::bad_config,
        fmt::format("{} must be a duration, and '{}' is not", name, shown(found.value)),
        problem.hint(), found.place};
  }
}

bool Settings::flag(std::string_view name) const {
  const std::string value = text(name);
  if (value == "true" || value == "1") {
    return true;
  }
  if (value == "false" || value == "0") {
    return false;
  }
  throw Error{ErrorCode::internal, fmt::format("option '{}' is not a flag", name)};
}

std::vector<SettingRecord> Settings::effective() const {
  std::vector<SettingRecord> records;
  for (const Option& option : all_options) {
    const Found found = find(option.name);
    records.push_back({std::string{option.name}, shown(found.value), found.source});
  }
  return records;
}

std::vector<std::string> Settings::warnings() const {
  std::vector<std::string> known;
  known.reserve(all_options.size() + other_variables.size());
  for (const Option& option : all_options) {
    known.push_back(variable_of(option.name));
  }
  for (const std::string_view name : other_variables) {
    known.push_back(std::string{prefix} + std::string{name});
  }
  std::vector<std::string> silent = known;
  for (const std::string_view name : told_to_children) {
    silent.push_back(std::string{prefix} + std::string{name});
  }
  std::vector<std::string> sentences;
  for (const auto& [name, value] : environment_) {
    if (name.starts_with(prefix) && name.size() <= 63 &&
        std::find(silent.begin(), silent.end(), name) == silent.end()) {
      sentences.push_back(fmt::format(
          "environment variable {} is read by nobody. {}", name, did_you_mean(name, known)));
      sentences.back().erase(sentences.back().find_last_not_of(' ') + 1);
    }
  }
  return sentences;
}

}  // namespace pgrehearse
