// What holds where drill.yaml says nothing: every key with a default, and every section that may be
// left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pgrehearse {

struct DefaultValue {
  std::string_view key;     ///< "alerts.wal_age"
  std::string value;        ///< "10min"
  std::string_view beside;  ///< the key that must be stated for it to matter; empty: it always does
};

/// In the order of docs/drill-yaml.md. Where no default is at work the value is "none".
[[nodiscard]] std::vector<DefaultValue> default_values();

}  // namespace pgrehearse
