#include "harness/report/metrics.hpp"

#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "harness/base/time.hpp"
#include "harness/report/kill_score.hpp"
#include "harness/report/reading.hpp"
#include "harness/report/xml_text.hpp"

namespace pgrehearse {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

struct Sample {
  Labels labels;
  double value = 0;
};

struct Metric {
  std::string help;
  std::string unit;  ///< UCUM, as OTLP has it
  std::vector<Sample> samples = {};
};

/// By name, in the order of the names.
using Metrics = std::map<std::string, Metric>;

void add(Metrics& metrics, const std::string& name, const char* help, const char* unit,
    Labels labels, double value) {
  if (std::isfinite(value)) {
    Metric& metric = metrics[name];
    metric.help = help;
    metric.unit = unit;
    metric.samples.push_back({std::move(labels), value});
  }
}

void add_drill(Metrics& metrics, const RunRecord& record, const DrillRecord& drill) {
  const Labels labels{{"scenario", drill.scenario}, {"case", drill.suite + "." + drill.test},
      {"engine", record.engine.substr(0, record.engine.find(' '))}};
  const auto put = [&](const std::string& name, const char* help, const char* unit, double value) {
    add(metrics, "pgrehearse_drill_" + name, help, unit, labels, value);
  };
  const Verdict verdict = verdict_of(drill);
  put("met", "1 when the drill met all that was asked of it, else 0.", "1",
      verdict == Verdict::met ? 1 : 0);
  put("missed", "1 when the drill missed something, else 0.", "1",
      verdict == Verdict::missed ? 1 : 0);
  for (const char* objective : {"rto", "rpo"}) {
    const Reading reading = reading_of(drill, objective);
    if (reading.kind == ReadingKind::measured) {
      put(fmt::format("{}_seconds", objective), "Achieved, as the record has it.", "s",
          reading.seconds);
    }
    if (reading.bound_seconds) {
      put(fmt::format("{}_bound_seconds", objective), "The objective.", "s",
          *reading.bound_seconds);
    }
  }
  if (drill.ledger) {
    put("lost_commits", "Acknowledged before the incident, absent after the restore.", "{commit}",
        static_cast<double>(drill.ledger->lost));
  }
  for (const PhaseRecord& phase : drill.phases) {
    Labels with_phase = labels;
    with_phase.emplace_back("phase", phase.name);
    add(metrics, "pgrehearse_drill_phase_seconds", "Phases of the recovery.", "s",
        std::move(with_phase), phase.seconds);
  }
}

// Microseconds since the epoch; nothing while the run goes on.
std::int64_t end_of(const RunRecord& record) {
  try {
    return record.end.empty() ? 0 : Timestamp::parse(record.end).since_epoch().count();
  } catch (const Error&) {
    return 0;
  }
}

Metrics metrics_of(const RunRecord& record) {
  Metrics metrics;
  for (const DrillRecord& drill : record.drills) {
    if (!is_on_trial(drill)) {
      add_drill(metrics, record, drill);
    }
  }
  const KillScore score = kill_score_of(record);
  if (score.killed + score.survived > 0) {
    add(metrics, "pgrehearse_sabotages_killed", "Broken drills that were noticed.", "1", {},
        static_cast<double>(score.killed));
    add(metrics, "pgrehearse_sabotages_survived", "Broken drills that were not noticed.", "1", {},
        static_cast<double>(score.survived));
  }
  add(metrics, "pgrehearse_run_exit_status", "0 met, 1 missed, 2 not proven, 3 leftovers.", "1", {},
      record.exit_status);
  if (const std::int64_t end = end_of(record); end > 0) {
    constexpr double second = 1e6;
    add(metrics, "pgrehearse_run_end_timestamp_seconds", "When the run ended.", "s", {},
        static_cast<double>(end) / second);
  }
  return metrics;
}

std::string escaped(std::string_view raw) {
  std::string text;
  for (const char c : plain_line(raw)) {
    text += c == '\\' || c == '"' ? "\\" : "";
    text += c;
  }
  return text;
}

std::string labels_of(const Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", name, escaped(value));
  }
  return text.empty() ? text : "{" + text + "}";
}

}  // namespace

std::string render_prometheus(const RunRecord& record) {
  std::string text;
  for (const auto& [name, metric] : metrics_of(record)) {
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", name, metric.help);
    for (const Sample& sample : metric.samples) {
      text += fmt::format("{}{} {}\n", name, labels_of(sample.labels), sample.value);
    }
  }
  return text;
}

std::string render_otlp(const RunRecord& record) {
  using Json = nlohmann::ordered_json;
  const auto attribute = [](const std::string& key, const std::string& value) {
    return Json{{"key", key}, {"value", {{"stringValue", plain_line(value)}}}};
  };
  const std::string time = fmt::format("{}000", end_of(record));
  Json list = Json::array();
  for (const auto& [name, metric] : metrics_of(record)) {
    Json points = Json::array();
    for (const Sample& sample : metric.samples) {
      Json attributes = Json::array();
      for (const auto& [key, value] : sample.labels) {
        attributes.push_back(attribute(key, value));
      }
      points.push_back(
          {{"attributes", attributes}, {"timeUnixNano", time}, {"asDouble", sample.value}});
    }
    list.push_back({{"name", name}, {"description", metric.help}, {"unit", metric.unit},
        {"gauge", {{"dataPoints", points}}}});
  }
  const Json resource{{"attributes", Json::array({attribute("service.name", "pgrehearse"),
                                         attribute("pgrehearse.run_id", record.run_id)})}};
  const Json scope{{"name", "pgrehearse"}, {"version", plain_line(record.tool_version)}};
  const Json request{{"resourceMetrics",
      Json::array({{{"resource", resource},
          {"scopeMetrics", Json::array({{{"scope", scope}, {"metrics", list}}})}}})}};
  return request.dump(2) + "\n";
}

}  // namespace pgrehearse
