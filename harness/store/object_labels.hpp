// Small texts that a store keeps beside an object and exchanges with it in one step: by which key
// it is sealed, for instance. They are as public as the object's name.
#pragma once

#include <map>
#include <string>

namespace pgrehearse {

using ObjectLabels = std::map<std::string, std::string>;

/// Refuses with Error{bad_value} what cannot be labels in every store: names of 1 to 40 lower-case
/// letters, digits and hyphens, beginning with a letter, none of them the beginning of another or
/// of "sha256" (libcurl 7.88 signs such headers in the wrong order); values of printable ASCII that
/// neither begin nor end with a blank; 1600 bytes in all (S3 has room for 2048, "object metadata"
/// in its user guide).
void demand_labels(const ObjectLabels& labels);

}  // namespace pgrehearse
