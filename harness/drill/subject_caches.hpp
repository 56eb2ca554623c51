// The caches of drill.yaml.
#pragma once

#include <vector>

#include "harness/drill/subject_values.hpp"

namespace pgrehearse {

/// Throws Error{bad_config} naming file and line: for a name that is given twice, and for what
/// SubjectValues::command refuses.
[[nodiscard]] std::vector<CacheSpec> cache_specs(const YamlNode& list, const SubjectValues& values);

}  // namespace pgrehearse
