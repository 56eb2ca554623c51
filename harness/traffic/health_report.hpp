// What an application says of itself on its page of readiness.
#pragma once

#include <optional>
#include <string>

#include "harness/traffic/http.hpp"

namespace pgrehearse {

struct HealthReport {
  long status = 0;
  /// What it says of its migrations; nothing when it says nothing that is true or false.
  std::optional<bool> migrations_current = {};
};

/// `key` is the place in the page's JSON, steps parted by dots ("database.migrations_current");
/// empty: the page is not read.
[[nodiscard]] HealthReport health_report_of(const HttpAnswer& answer, const std::string& key);

}  // namespace pgrehearse
