// Reads a record back, as strictly as reports/schema/record.schema.json: the record is an
// allow-list of names, and a key nobody knows may be carrying something nobody meant to write down.
#include <initializer_list>
#include <limits>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "harness/drill/record.hpp"

namespace pgrehearse {
namespace {

using Json = nlohmann::ordered_json;

using Words = std::initializer_list<std::string_view>;

// One JSON value and the pointer to it (RFC 6901), which every complaint names.
class Node {
 public:
  Node(const Json& value, std::string pointer) : value_(value), pointer_(std::move(pointer)) {}

  [[noreturn]] void refuse(std::string_view why) const {
    throw Error{ErrorCode::bad_value,
        fmt::format("not a record of version {}: {}", record_version, why),
        "Was the file written by another version of the program, or edited by hand? "
        "The form is reports/schema/record.schema.json.",
        pointer_.empty() ? "/" : pointer_};
  }
  [[nodiscard]] bool is_null() const { return value_.is_null(); }

  [[nodiscard]] std::string text() const {
    if (!value_.is_string()) {
      refuse("this must be a text");
    }
    return value_.get<std::string>();
  }
  [[nodiscard]] std::string one_of(Words words) const {
    std::string word = text();
    for (const std::string_view known : words) {
      if (word == known) {
        return word;
      }
    }
    refuse(fmt::format("this must be one of '{}'", fmt::join(words, "', '")));
  }
  [[nodiscard]] Verdict verdict() const {
    return verdict_named(one_of({"met", "unknown", "missed"})).value_or(Verdict::unknown);
  }
  [[nodiscard]] double number() const {
    if (!value_.is_number()) {
      refuse("this must be a number");
    }
    return value_.get<double>();
  }
  [[nodiscard]] std::optional<double> number_or_null() const {
    return value_.is_null() ? std::nullopt : std::optional{number()};
  }
  template <typename Int>
  [[nodiscard]] Int whole(std::int64_t least = 0) const {
    const bool fits = value_.is_number_unsigned()
                          ? value_.get<std::uint64_t>() <=
                                static_cast<std::uint64_t>(std::numeric_limits<Int>::max())
                          : value_.is_number_integer() && value_.get<std::int64_t>() >= least;
    if (!fits) {
      refuse(fmt::format("this must be a whole number, at least {}", least));
    }
    return value_.get<Int>();
  }
  template <typename Read>
  [[nodiscard]] auto list(Read read) const {
    if (!value_.is_array()) {
      refuse("this must be a list");
    }
    std::vector<decltype(read(*this))> items;
    for (std::size_t i = 0; i < value_.size(); ++i) {
      items.push_back(read(Node{value_[i], fmt::format("{}/{}", pointer_, i)}));
    }
    return items;
  }
  [[nodiscard]] std::vector<std::string> texts() const {
    return list([](const Node& item) { return item.text(); });
  }
  [[nodiscard]] std::map<std::string, std::string> text_map() const {
    need_object();
    std::map<std::string, std::string> map;
    for (const auto& [key, value] : value_.items()) {
      map[key] = child(key, value).text();
    }
    return map;
  }

 protected:
  void need_object() const {
    if (!value_.is_object()) {
      refuse("this must be an object");
    }
  }
  [[nodiscard]] Node child(const std::string& key, const Json& value) const {
    std::string escaped;
    for (const char c : key) {
      escaped += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    return {value, pointer_ + "/" + escaped};
  }
  [[nodiscard]] const Json& value() const { return value_; }

 private:
  const Json& value_;
  std::string pointer_;
};

// An object whose keys are all asked for once; end() refuses what nobody asked for.
class Members : public Node {
 public:
  explicit Members(const Node& node) : Node(node) { need_object(); }

  [[nodiscard]] Node operator[](const std::string& key) {
    const auto found = value().find(key);
    if (found == value().end()) {
      child(key, value()).refuse("this key is missing");
    }
    asked_.insert(key);
    return child(key, *found);
  }
  // Null when it is missing: for keys that older records do not have.
  [[nodiscard]] Node maybe(const std::string& key) {
    static const Json none = nullptr;
    return value().contains(key) ? (*this)[key] : child(key, none);
  }
  void end() const {
    for (const auto& [key, value] : value().items()) {
      if (!asked_.contains(key)) {
        child(key, value).refuse("nobody knows this key");
      }
    }
  }

 private:
  std::set<std::string> asked_;
};

// Braced initializers run in order, so every reader names the members in the order of the struct.

Measure measure_from(const Node& node) {
  Members at{node};
  Measure measure{.value = at["value"].number_or_null(),
      .unit = at["unit"].one_of({"", "s", "commits", "bytes"}),
      .source = at["source"].text()};
  at.end();
  return measure;
}

ObjectiveRecord objective_from(const Node& node) {
  Members at{node};
  ObjectiveRecord objective{.name = at["name"].one_of({"rpo", "rto"}),
      .bound_seconds = at["bound_seconds"].number_or_null(),
      .realized = measure_from(at["realized"]),
      .verdict = at["verdict"].verdict()};
  at.end();
  return objective;
}

StepRecord step_from(const Node& node) {
  Members at{node};
  StepRecord step{.title = at["title"].text(),
      .begin = at["begin"].text(),
      .seconds = at["seconds"].number(),
      .outcome = at["outcome"].one_of({"under way", "done", "failed"}),
      .error = at["error"].text()};
  at.end();
  return step;
}

InstantRecord instant_from(const Node& node) {
  Members at{node};
  InstantRecord instant{.name = at["name"].text(),
      .time = at["time"].text(),
      .clock = at["clock"].one_of({"server", "host"}),
      .lsn = at["lsn"].text(),
      .timeline = at["timeline"].whole<std::int64_t>()};
  at.end();
  return instant;
}

AlertRecord alert_from(const Node& node) {
  Members at{node};
  AlertRecord alert{.name = at["name"].text(),
      .level = at["level"].one_of({"warning", "critical", "unknown", "over"}),
      .time = at["time"].text(),
      .observed = at["observed"].text(),
      .limit = at["limit"].text()};
  at.end();
  return alert;
}

PhaseRecord phase_from(const Node& node) {
  Members at{node};
  PhaseRecord phase{.name = at["name"].text(), .seconds = at["seconds"].number()};
  at.end();
  return phase;
}

std::pair<Finding, int> finding_from(const Node& node) {
  Members at{node};
  std::pair<Finding, int> finding{Finding{.check = at["check"].text(),
                                      .question = at["question"].text(),
                                      .expected = at["expected"].text(),
                                      .observed = at["observed"].text(),
                                      .verdict = at["verdict"].verdict(),
                                      .details = at["details"].texts()},
      at["line"].whole<int>()};
  at.end();
  return finding;
}

LedgerRecord ledger_from(const Node& node) {
  Members at{node};
  const auto count = [&at](const std::string& key) { return at[key].whole<std::int64_t>(); };
  LedgerRecord ledger{.invoked = count("invoked"),
      .acknowledged = count("acknowledged"),
      .failed = count("failed"),
      .in_doubt = count("in_doubt"),
      .acknowledged_before_marker = count("acknowledged_before_marker"),
      .lost = count("lost"),
      .discarded = count("discarded"),
      .phantom = count("phantom")};
  at.end();
  return ledger;
}

HighWaterMarkRecord high_water_mark_from(const Node& node) {
  Members at{node};
  HighWaterMarkRecord mark{.lsn = at["lsn"].text(),
      .timeline = at["timeline"].whole<std::int64_t>(),
      .segment = at["segment"].text(),
      .sha256 = at["sha256"].text(),
      .commits = at["commits"].whole<std::int64_t>()};
  at.end();
  return mark;
}

RecoveryRecord recovery_from(const Node& node) {
  Members at{node};
  RecoveryRecord recovery{.target = at["target"].text(),
      .ending = at["ending"].text(),
      .stopped_at = at["stopped_at"].text(),
      .timeline_before = at["timeline_before"].whole<std::int64_t>(),
      .timeline_after = at["timeline_after"].whole<std::int64_t>(),
      .segments_served = at["segments_served"].whole<std::int64_t>(),
      .last_segment = at["last_segment"].text()};
  at.end();
  return recovery;
}

EvidenceRecord evidence_from(const Node& node) {
  Members at{node};
  EvidenceRecord evidence{.name = at["name"].text(),
      .sha256 = at["sha256"].text(),
      .bytes = at["bytes"].whole<std::int64_t>()};
  at.end();
  return evidence;
}

SettingRecord setting_from(const Node& node) {
  Members at{node};
  SettingRecord setting{
      .name = at["name"].text(), .value = at["value"].text(), .source = at["source"].text()};
  at.end();
  return setting;
}

ProofRecord proof_from(const Node& node) {
  Members at{node};
  ProofRecord proof{.run_id = at["run_id"].text(),
      .when = at["when"].text(),
      .engine_kind = at["engine_kind"].text(),
      .program_sha256 = at["program_sha256"].text(),
      .configuration_sha256 = at["configuration_sha256"].text(),
      .killed = at["killed"].texts(),
      .survived = at["survived"].texts(),
      .unknown = at["unknown"].texts(),
      .not_applicable = at["not_applicable"].texts(),
      .sha256 = at["sha256"].text()};
  at.end();
  return proof;
}

DrillRecord drill_from(const Node& node) {
  Members at{node};
  DrillRecord drill{.scenario = at["scenario"].text(),
      .suite = at["suite"].text(),
      .test = at["test"].text(),
      .file = at["file"].text(),
      .line = at["line"].whole<int>(),
      .subject = at["subject"].text(),
      .on_trial = at["on_trial"].text(),
      .status = at["status"].one_of(
          {"not finished", "finished", "skipped", "not applicable", "interrupted", "crashed"}),
      .skip_reason = at["skip_reason"].text(),
      .error = at["error"].text(),
      .error_line = at["error_line"].whole<int>(),
      .verdict = at["verdict"].verdict(),
      .begin = at["begin"].text(),
      .end = at["end"].text(),
      .seconds = at["seconds"].number(),
      .backup = at["backup"].text(),
      .marker_mode = at["marker_mode"].text(),
      .steps = at["steps"].list(step_from),
      .chronicle = at["chronicle"].list(instant_from),
      .alerts = at["alerts"].list(alert_from),
      .phases = at["phases"].list(phase_from),
      .objectives = at["objectives"].list(objective_from),
      .evidence = at["evidence"].list(evidence_from),
      .facts = at["facts"].text_map(),
      .warnings = at["warnings"].texts()};
  for (auto& [finding, line] : at["findings"].list(finding_from)) {
    drill.findings.push_back(std::move(finding));
    drill.finding_lines.push_back(line);
  }
  if (const Node ledger = at["ledger"]; !ledger.is_null()) {
    drill.ledger = ledger_from(ledger);
  }
  if (const Node mark = at.maybe("high_water_mark"); !mark.is_null()) {
    drill.high_water_mark = high_water_mark_from(mark);
  }
  if (const Node recovery = at["recovery"]; !recovery.is_null()) {
    drill.recovery = recovery_from(recovery);
  }
  at.end();
  return drill;
}

}  // namespace

RunRecord record_from_json(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  const Node root{json, ""};
  if (json.is_discarded()) {
    root.refuse("the text is not JSON");
  }
  Members at{root};
  if (at["version"].whole<int>() != record_version) {
    at["version"].refuse(fmt::format("this must be {}", record_version));
  }
  RunRecord record{.version = record_version,
      .run_id = at["run_id"].text(),
      .tool_version = at["tool_version"].text(),
      .begin = at["begin"].text(),
      .end = at["end"].text(),
      .host = at["host"].text(),
      .engine = at["engine"].text(),
      .engine_reason = at["engine_reason"].text(),
      .server_version = at["server_version"].text(),
      .operator_name = at["operator_name"].text(),
      .settings = at["settings"].list(setting_from),
      .drills = at["drills"].list(drill_from),
      .not_selected = at["not_selected"].texts(),
      .leftovers = at["leftovers"].texts(),
      .interrupted = at["interrupted"].one_of({"", "SIGHUP", "SIGINT", "SIGTERM"}),
      .exit_status = at["exit_status"].whole<int>(-1)};
  if (const Node proof = at["proof"]; !proof.is_null()) {
    record.proof = proof_from(proof);
  }
  at.end();
  return record;
}

}  // namespace pgrehearse
