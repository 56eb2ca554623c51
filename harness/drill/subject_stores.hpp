// The object stores of drill.yaml.
#pragma once

#include "harness/drill/subject_values.hpp"

namespace pgrehearse {

/// Throws Error{bad_config} naming file and line: for a CA file that is not there, for two regions
/// with one bucket or one variable, and for what SubjectValues::command refuses.
[[nodiscard]] StoresSpec store_specs(const YamlNode& map, const SubjectValues& values);

}  // namespace pgrehearse
