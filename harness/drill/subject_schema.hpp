// Holds a tree of texts against the JSON Schema: what a key wants decides what its text means.
#pragma once

#include <string>
#include <string_view>

#include "harness/drill/subject_yaml.hpp"

namespace pgrehearse {

/// The same tree with its numbers and truths made of the texts where the schema wants them. Throws
/// Error{bad_config}, place "<file>:<line>", for an unknown key (naming the nearest known one), a
/// missing one, a wrong type, and whatever else the schema refuses. `schema` must be draft-07.
[[nodiscard]] YamlNode conform(YamlNode root, std::string_view schema, const std::string& file);

/// The net below conform(): every keyword of the schema, what goes together included, by a
/// validator that knows them all. Its message can name only the place.
void validate(const YamlNode& conforming, std::string_view schema, const std::string& file);

}  // namespace pgrehearse
