#include "harness/drill/subject_alerts.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"

namespace pgrehearse {

AlertThresholds alert_thresholds(const YamlNode& map, const std::string& file) {
  AlertThresholds thresholds;
  const auto fail = [&](int line, std::string message, std::string hint) {
    throw Error{ErrorCode::bad_config, std::move(message), std::move(hint), place_in(file, line)};
  };
  const std::pair<const char*, Milliseconds*> ages[] = {{"backup_age", &thresholds.backup_age},
      {"base_backup_age", &thresholds.base_backup_age}, {"wal_age", &thresholds.wal_age}};
  for (const auto& [key, age] : ages) {
    if (const YamlNode* node = map.find(key)) {
      *age = parse_duration(node->text);
      if (age->count() == 0) {
        fail(node->line, fmt::format("'{}' is nothing", key),
            "Whatever there is would be too old: give the time between two of them, and some "
            "more.");
      }
    }
  }
  const std::pair<const char*, int*> uses[] = {{"storage_warning", &thresholds.storage_warning},
      {"storage_critical", &thresholds.storage_critical}};
  int line = map.line;
  for (const auto& [key, percent] : uses) {
    if (const YamlNode* node = map.find(key)) {
      *percent = static_cast<int>(node->number);  // the schema bounds it
      line = node->line;
    }
  }
  if (thresholds.storage_warning > thresholds.storage_critical) {
    fail(line,
        fmt::format("storage is critical at {} %, before the warning at {} %",
            thresholds.storage_critical, thresholds.storage_warning),
        "Give 'storage_warning' and 'storage_critical', the warning first.");
  }
  return thresholds;
}

}  // namespace pgrehearse
