#include "harness/traffic/health_report.hpp"

#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"

namespace pgrehearse {

HealthReport health_report_of(const HttpAnswer& answer, const std::string& key) {
  HealthReport report{.status = answer.status};
  if (key.empty()) {
    return report;
  }
  const nlohmann::json page = nlohmann::json::parse(answer.body, nullptr, false);
  const nlohmann::json* place = &page;
  for (const std::string& step : split(key, '.')) {
    if (!place->is_object() || !place->contains(step)) {
      return report;
    }
    place = &place->at(step);
  }
  if (place->is_boolean()) {
    report.migrations_current = place->get<bool>();
  }
  return report;
}

}  // namespace pgrehearse
