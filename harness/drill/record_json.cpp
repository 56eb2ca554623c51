// The record's JSON form. Reading is as strict as reports/schema/record.schema.json: the record is
// an allow-list of names, and a key nobody knows may be carrying something nobody meant to write
// down.
#include <cmath>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "harness/drill/record.hpp"

namespace pgrehearse {
namespace {

using Json = nlohmann::ordered_json;

// ---- writing
// -----------------------------------------------------------------------------------------

// JSON has no NaN and no infinity; a duration that is one was never measured.
double finite(double number, std::string_view what) {
  if (!std::isfinite(number)) {
    throw Error{ErrorCode::internal, fmt::format("{} is not a finite number", what)};
  }
  return number;
}

Json json_of(const Measure& measure) {
  const bool measured = measure.value.has_value() && std::isfinite(*measure.value);
  return {{"value", measured ? Json(*measure.value) : Json(nullptr)}, {"unit", measure.unit},
      {"source", measure.source}};
}

Json json_of(const ObjectiveRecord& objective) {
  const Json bound = objective.bound_seconds.has_value()
                         ? Json(finite(*objective.bound_seconds, "a bound"))
                         : Json(nullptr);
  return {{"name", objective.name}, {"bound_seconds", bound},
      {"realized", json_of(objective.realized)}, {"verdict", name_of(objective.verdict)}};
}

Json json_of(const StepRecord& step) {
  return {{"title", step.title}, {"begin", step.begin}, {"seconds", finite(step.seconds, "a step")},
      {"outcome", step.outcome}, {"error", step.error}};
}

Json json_of(const InstantRecord& instant) {
  return {{"name", instant.name}, {"time", instant.time}, {"clock", instant.clock},
      {"lsn", instant.lsn}, {"timeline", instant.timeline}};
}

Json json_of(const AlertRecord& alert) {
  return {{"name", alert.name}, {"level", alert.level}, {"time", alert.time},
      {"observed", alert.observed}, {"limit", alert.limit}};
}

Json json_of(const PhaseRecord& phase) {
  return {{"name", phase.name}, {"seconds", finite(phase.seconds, "a phase")}};
}

Json json_of(const LedgerRecord& ledger) {
  return {{"invoked", ledger.invoked}, {"acknowledged", ledger.acknowledged},
      {"failed", ledger.failed}, {"in_doubt", ledger.in_doubt},
      {"acknowledged_before_marker", ledger.acknowledged_before_marker}, {"lost", ledger.lost},
      {"discarded", ledger.discarded}, {"phantom", ledger.phantom}};
}

Json json_of(const HighWaterMarkRecord& mark) {
  return {{"lsn", mark.lsn}, {"timeline", mark.timeline}, {"segment", mark.segment},
      {"sha256", mark.sha256}, {"commits", mark.commits}};
}

Json json_of(const RecoveryRecord& recovery) {
  return {{"target", recovery.target}, {"ending", recovery.ending},
      {"stopped_at", recovery.stopped_at}, {"timeline_before", recovery.timeline_before},
      {"timeline_after", recovery.timeline_after}, {"segments_served", recovery.segments_served},
      {"last_segment", recovery.last_segment}};
}

Json json_of(const EvidenceRecord& evidence) {
  return {{"name", evidence.name}, {"sha256", evidence.sha256}, {"bytes", evidence.bytes}};
}

Json json_of(const SettingRecord& setting) {
  return {{"name", setting.name}, {"value", setting.value}, {"source", setting.source}};
}

Json json_of(const ProofRecord& proof) {
  return {{"run_id", proof.run_id}, {"when", proof.when}, {"engine_kind", proof.engine_kind},
      {"program_sha256", proof.program_sha256},
      {"configuration_sha256", proof.configuration_sha256}, {"killed", proof.killed},
      {"survived", proof.survived}, {"unknown", proof.unknown},
      {"not_applicable", proof.not_applicable}, {"sha256", proof.sha256}};
}

Json json_of(const DrillRecord& drill);

template <typename Item>
Json list_of(const std::vector<Item>& items) {
  Json list = Json::array();
  for (const Item& item : items) {
    list.push_back(json_of(item));
  }
  return list;
}

// The line travels inside the finding, so that the two lists cannot fall out of step.
Json findings_of(const DrillRecord& drill) {
  Json list = Json::array();
  for (std::size_t i = 0; i < drill.findings.size(); ++i) {
    const Finding& finding = drill.findings[i];
    list.push_back({{"check", finding.check}, {"question", finding.question},
        {"expected", finding.expected}, {"observed", finding.observed},
        {"verdict", name_of(finding.verdict)}, {"details", finding.details},
        {"line", i < drill.finding_lines.size() ? drill.finding_lines[i] : 0}});
  }
  return list;
}

Json json_of(const DrillRecord& drill) {
  return {{"scenario", drill.scenario}, {"suite", drill.suite}, {"test", drill.test},
      {"file", drill.file}, {"line", drill.line}, {"subject", drill.subject},
      {"on_trial", drill.on_trial}, {"status", drill.status}, {"skip_reason", drill.skip_reason},
      {"error", drill.error}, {"error_line", drill.error_line}, {"verdict", name_of(drill.verdict)},
      {"begin", drill.begin}, {"end", drill.end}, {"seconds", finite(drill.seconds, "a drill")},
      {"backup", drill.backup}, {"marker_mode", drill.marker_mode}, {"steps", list_of(drill.steps)},
      {"chronicle", list_of(drill.chronicle)}, {"alerts", list_of(drill.alerts)},
      {"phases", list_of(drill.phases)}, {"findings", findings_of(drill)},
      {"objectives", list_of(drill.objectives)},
      {"ledger", drill.ledger.has_value() ? json_of(*drill.ledger) : Json(nullptr)},
      {"high_water_mark",
          drill.high_water_mark.has_value() ? json_of(*drill.high_water_mark) : Json(nullptr)},
      {"recovery", drill.recovery.has_value() ? json_of(*drill.recovery) : Json(nullptr)},
      {"evidence", list_of(drill.evidence)}, {"facts", drill.facts}, {"warnings", drill.warnings}};
}

}  // namespace

std::string to_json(const RunRecord& record) {
  const Json json{{"version", record.version}, {"run_id", record.run_id},
      {"tool_version", record.tool_version}, {"begin", record.begin}, {"end", record.end},
      {"host", record.host}, {"engine", record.engine}, {"engine_reason", record.engine_reason},
      {"server_version", record.server_version}, {"operator_name", record.operator_name},
      {"settings", list_of(record.settings)}, {"drills", list_of(record.drills)},
      {"not_selected", record.not_selected},
      {"proof", record.proof.has_value() ? json_of(*record.proof) : Json(nullptr)},
      {"leftovers", record.leftovers}, {"interrupted", record.interrupted},
      {"exit_status", record.exit_status}};
  return json.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace pgrehearse
