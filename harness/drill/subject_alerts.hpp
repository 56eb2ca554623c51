// drill.yaml's section `alerts`: what a schema cannot say of it.
#pragma once

#include <string>

#include "harness/drill/alerts.hpp"
#include "harness/drill/subject_yaml.hpp"

namespace pgrehearse {

/// Of a map that fits the schema; what it does not give is the default. Throws Error{bad_config}
/// naming the line when an age is nothing, or storage is critical before it is a warning.
[[nodiscard]] AlertThresholds alert_thresholds(const YamlNode& map, const std::string& file);

}  // namespace pgrehearse
