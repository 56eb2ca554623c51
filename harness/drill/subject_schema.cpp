#include "harness/drill/subject_schema.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <regex>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

using Json = nlohmann::json;

bool wants(const Json& schema, std::string_view type) {
  const auto types = schema.find("type");
  if (types == schema.end()) {
    return false;
  }
  return types->is_array() ? std::find(types->begin(), types->end(), type) != types->end()
                           : types->get<std::string>() == type;
}

std::string wanted_by(const Json& schema) {
  std::vector<std::string> names;
  for (const auto& [type, words] :
      {std::pair{"integer", "a whole number"}, {"boolean", "true or false"}, {"string", "a text"},
          {"array", "a list"}, {"object", "a map of keys"}}) {
    if (wants(schema, type)) {
      names.emplace_back(words);
    }
  }
  return joined(names, " or ");
}

std::string_view given_as(const YamlNode& node) {
  switch (node.kind) {
    case YamlKind::nothing:
      return "it has no value";
    case YamlKind::list:
      return "it is a list";
    case YamlKind::map:
      return "it is a map of keys";
    default:
      return node.quoted ? "it is a quoted text" : "it is a text";
  }
}

// YAML 1.1 reads 010 as eight and 1_000 as a thousand: only what every reader sees alike is a
// number.
std::optional<std::int64_t> whole_number(const YamlNode& node) {
  const std::string& text = node.text;
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool leading_zero = text.size() > first + 1 && text[first] == '0';
  if (node.quoted || text.empty() || leading_zero || problem != std::errc{} ||
      end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

class Conformer {
 public:
  Conformer(const Json& schema, const std::string& file) : root_(schema), file_(file) {}

  /// `name` is how messages call the value: "'writers' under 'workload'".
  void conform(YamlNode& node, const Json& given, const std::string& name, int line) const {
    const Json& schema = resolved(given);
    const std::string hint = hint_of(given, schema);
    switch (node.kind) {
      case YamlKind::list:
        require(wants(schema, "array"), node, schema, name, hint, line);
        check_count(node.items.size(), schema, "minItems", "maxItems", name, hint, line);
        for (std::size_t i = 0; i < node.items.size(); ++i) {
          conform(node.items[i], schema.at("items"), fmt::format("item {} of {}", i + 1, name),
              node.items[i].line);
        }
        return;
      case YamlKind::map:
        require(wants(schema, "object"), node, schema, name, hint, line);
        return conform_map(node, schema, name, line);
      case YamlKind::text:
        return conform_text(node, schema, name, hint, line);
      default:
        require(false, node, schema, name, hint, line);
    }
  }

 private:
  [[noreturn]] void fail(int line, std::string message, std::string hint) const {
    throw Error{ErrorCode::bad_config, std::move(message), std::move(hint), place_in(file_, line)};
  }

  const Json& resolved(const Json& schema) const {
    const auto reference = schema.find("$ref");
    return reference == schema.end()
               ? schema
               : root_.at(Json::json_pointer{reference->get<std::string>().substr(1)});
  }

  std::string hint_of(const Json& given, const Json& schema) const {
    return given.contains("description") ? given.at("description").get<std::string>()
                                         : schema.value("description", std::string{});
  }

  void require(bool right, const YamlNode& node, const Json& schema, const std::string& name,
      const std::string& hint, int line) const {
    if (!right) {
      fail(line, fmt::format("{} must be {}, and {}", name, wanted_by(schema), given_as(node)),
          hint);
    }
  }

  void check_count(std::size_t count, const Json& schema, const char* least, const char* most,
      const std::string& name, const std::string& hint, int line) const {
    if (count < schema.value(least, std::size_t{0})) {
      fail(line, fmt::format("{} is empty", name), hint);
    }
    if (count > schema.value(most, SIZE_MAX)) {
      fail(line,
          fmt::format("{} is too long: {}, at most {}", name, count, schema.value(most, SIZE_MAX)),
          hint);
    }
  }

  // The pattern is tried after the length: std::regex goes as deep as the text is long.
  void check_text(const std::string& text, const Json& schema, const std::string& name,
      const std::string& hint, int line) const {
    check_count(text.size(), schema, "minLength", "maxLength", name, hint, line);
    const auto pattern = schema.find("pattern");
    if (pattern != schema.end() &&
        !std::regex_search(text, std::regex{pattern->get<std::string>(), std::regex::ECMAScript})) {
      fail(line,
          fmt::format("{} {}, and {} is not", name,
              schema.value("patternErrorMessage", std::string{"has another form"}),
              shown_key(text)),
          hint);
    }
  }

  void conform_text(YamlNode& node, const Json& schema, const std::string& name,
      const std::string& hint, int line) const {
    const std::optional<std::int64_t> number = whole_number(node);
    if (wants(schema, "integer") && number.has_value()) {
      if (*number < schema.value("minimum", INT64_MIN) ||
          *number > schema.value("maximum", INT64_MAX)) {
        fail(line,
            fmt::format("{} must be from {} to {}, and {} is not", name,
                schema.value("minimum", INT64_MIN), schema.value("maximum", INT64_MAX), *number),
            hint);
      }
      node.kind = YamlKind::number;
      node.number = *number;
    } else if (wants(schema, "boolean") && !node.quoted &&
               (node.text == "true" || node.text == "false")) {
      node.kind = YamlKind::truth;
      node.truth = node.text == "true";
    } else {
      require(wants(schema, "string"), node, schema, name, hint, line);
      check_text(node.text, schema, name, hint, line);
    }
  }

  // The schema of a key's value, or nullptr: by its name, else by a pattern of names.
  const Json* schema_of_key(const std::string& key, const Json& schema) const {
    const auto known = schema.find("properties");
    if (known != schema.end() && known->contains(key)) {
      return &known->at(key);
    }
    const auto patterns = schema.find("patternProperties");
    if (patterns != schema.end() && key.size() <= 63) {
      for (const auto& item : patterns->items()) {
        if (std::regex_search(key, std::regex{item.key(), std::regex::ECMAScript})) {
          return &item.value();
        }
      }
    }
    return nullptr;
  }

  void conform_map(YamlNode& node, const Json& schema, const std::string& name, int line) const {
    const Json known = schema.value("properties", Json::object());
    for (YamlEntry& entry : node.entries) {
      const Json* inner = schema_of_key(entry.key, schema);
      if (inner == nullptr) {
        refuse_key(entry, schema, name);
      }
      conform(entry.value, *inner,
          name == top_ ? shown_key(entry.key)
                       : fmt::format("{} under {}", shown_key(entry.key), name),
          entry.line);
    }
    for (const Json& needed : schema.value("required", Json::array())) {
      if (node.find(needed.get<std::string>()) == nullptr) {
        fail(line, fmt::format("key '{}' is missing under {}", needed.get<std::string>(), name),
            hint_of(known.at(needed.get<std::string>()), known.at(needed.get<std::string>())));
      }
    }
    check_count(node.entries.size(), schema, "minProperties", "maxProperties", name,
        hint_of(schema, schema), line);
  }

  [[noreturn]] void refuse_key(
      const YamlEntry& entry, const Json& schema, const std::string& name) const {
    if (schema.contains("keyErrorMessage")) {
      fail(entry.line,
          fmt::format("key {} under {} {}", shown_key(entry.key), name,
              schema.at("keyErrorMessage").get<std::string>()),
          hint_of(schema, schema));
    }
    std::vector<std::string> names;
    for (const auto& item : schema.at("properties").items()) {
      names.push_back(item.key());
    }
    const std::optional<std::string> meant =
        entry.key.size() <= 63 ? nearest(entry.key, names) : std::nullopt;
    fail(entry.line, fmt::format("unknown key {} under {}", shown_key(entry.key), name),
        fmt::format("{}Known keys here: {}.",
            meant ? fmt::format("Did you mean '{}'? ", *meant) : "", joined(names, ", ")));
  }

 public:
  static constexpr const char* top_ = "'subject'";

 private:
  const Json& root_;
  const std::string& file_;
};

Json json_of(const YamlNode& node) {
  Json value;
  switch (node.kind) {
    case YamlKind::nothing:
      break;
    case YamlKind::text:
      value = node.text;
      break;
    case YamlKind::number:
      value = node.number;
      break;
    case YamlKind::truth:
      value = node.truth;
      break;
    case YamlKind::list:
      value = Json::array();
      for (const YamlNode& item : node.items) {
        value.push_back(json_of(item));
      }
      break;
    case YamlKind::map:
      value = Json::object();
      for (const YamlEntry& entry : node.entries) {
        value[entry.key] = json_of(entry.value);
      }
      break;
  }
  return value;
}

// "<root>", "[checks]", "[2]" -> "/checks/2"
std::string pointer_of(const std::vector<std::string>& context) {
  std::string pointer;
  for (const std::string& step : context) {
    if (step.size() > 2 && step.front() == '[') {
      pointer += "/" + step.substr(1, step.size() - 2);
    }
  }
  return pointer;
}

}  // namespace

YamlNode conform(YamlNode root, std::string_view schema, const std::string& file) {
  const Json schema_json = Json::parse(schema);
  Conformer{schema_json, file}.conform(root, schema_json, Conformer::top_, std::max(1, root.line));
  return root;
}

void validate(const YamlNode& root, std::string_view schema_text, const std::string& file) {
  const Json schema_json = Json::parse(schema_text);
  valijson::Schema schema;
  valijson::SchemaParser parser{valijson::SchemaParser::kDraft7};
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter{schema_json}, schema);
  valijson::Validator validator;
  valijson::ValidationResults results;
  const Json value = json_of(root);
  if (validator.validate(schema, valijson::adapters::NlohmannJsonAdapter{value}, &results)) {
    return;
  }
  std::string pointer;
  valijson::ValidationResults::Error problem;
  while (results.popError(problem)) {
    const std::string where = pointer_of(problem.context);
    pointer = where.size() > pointer.size() ? where : pointer;
  }
  throw Error{ErrorCode::bad_config,
      pointer.empty() ? std::string{"the file does not fit the schema"}
                      : fmt::format("the value at {} does not fit the schema", pointer),
      "See docs/drill-yaml.md for what goes together, or let an editor check the file against "
      "reports/schema/drill.schema.json.",
      place_in(file, line_of(root, pointer))};
}

}  // namespace pgrehearse
