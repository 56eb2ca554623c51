// drill.yaml's sections `artifact`, `runbook` and `golden`: what a schema cannot say of them.
#pragma once

#include "harness/drill/subject_values.hpp"

namespace pgrehearse {

/// Of a map that fits the schema. Throws Error{bad_config} naming the line for a target that cannot
/// be read, and for a file that is named and not there; that the backup itself is not there is for
/// a drill to find.
[[nodiscard]] ArtifactSpec artifact_spec(const YamlNode& map, const SubjectValues& values);

/// Of a map that fits the schema. Throws Error{bad_config} naming the line when there is no such
/// file.
[[nodiscard]] RunbookSpec runbook_spec(const YamlNode& map, const SubjectValues& values);

/// Of a map that fits the schema. The folder need not be there: the first backup makes it.
[[nodiscard]] GoldenSpec golden_spec(const YamlNode& map, const SubjectValues& values);

}  // namespace pgrehearse
