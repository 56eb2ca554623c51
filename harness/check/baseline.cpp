#include "harness/check/baseline.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

constexpr int baseline_version = 4;
constexpr std::string_view password = "password of ";

[[noreturn]] void refuse(const std::string& place, const std::string& message) {
  throw Error{ErrorCode::bad_value, message,
      "Make it anew with 'pgrehearse baseline', by this version of the program.", place};
}

std::optional<FactKind> kind_named(const std::string& name) {
  for (const FactKind kind : every_fact_kind) {
    if (name_of(kind) == name) {
      return kind;
    }
  }
  return std::nullopt;
}

}  // namespace

Facts publishable(Facts facts) {
  for (Fact& fact : facts) {
    if (fact.kind == FactKind::roles && fact.name.starts_with(password) && fact.value != "none") {
      fact.value = "set";
    }
  }
  return facts;
}

std::string to_json(const Baseline& baseline) {
  // Written line by line: a reviewer sees in a diff which table has grown.
  const auto quoted = [](const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  };
  std::string text = fmt::format(
      "{{\n  \"baseline_version\": {},\n  \"taken\": {},\n  \"server_version\": {},\n"
      "  \"system_identifier\": {},\n  \"database\": {},\n  \"facts\": [",
      baseline_version, quoted(baseline.taken.text()), quoted(baseline.server_version),
      quoted(baseline.system_identifier), quoted(baseline.database));
  bool first = true;
  for (const Fact& fact : publishable(baseline.facts)) {
    text += fmt::format("{}\n    [{}, {}, {}]", first ? "" : ",",
        quoted(std::string{name_of(fact.kind)}), quoted(fact.name), quoted(fact.value));
    first = false;
  }
  return text + "\n  ]\n}\n";
}

Baseline baseline_from_json(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) {
    refuse("(root)", "this is no baseline: it is not a JSON object");
  }
  if (json.value("baseline_version", 0) != baseline_version) {
    refuse("baseline_version", "this is no baseline of a version known here");
  }
  const auto word = [&](const char* key) {
    if (!json.contains(key) || !json.at(key).is_string()) {
      refuse(key, fmt::format("the baseline has no '{}'", key));
    }
    return json.at(key).get<std::string>();
  };
  Baseline baseline{.taken = Timestamp::parse(word("taken")),
      .server_version = word("server_version"),
      .system_identifier = word("system_identifier"),
      .database = word("database")};
  if (!json.contains("facts") || !json.at("facts").is_array()) {
    refuse("facts", "the baseline has no list of facts");
  }
  for (const nlohmann::json& entry : json.at("facts")) {
    const std::string place = fmt::format("facts.{}", baseline.facts.size());
    const bool three_texts = entry.is_array() && entry.size() == 3 &&
                             std::all_of(entry.begin(), entry.end(),
                                 [](const nlohmann::json& part) { return part.is_string(); });
    if (!three_texts) {
      refuse(place, "a fact is a list of three texts: kind, name, value");
    }
    const std::optional<FactKind> kind = kind_named(entry.at(0));
    if (!kind) {
      refuse(place, "a fact is of a kind that is not known here");
    }
    baseline.facts.push_back({*kind, entry.at(1), entry.at(2)});
  }
  std::sort(baseline.facts.begin(), baseline.facts.end());
  return baseline;
}

}  // namespace pgrehearse
