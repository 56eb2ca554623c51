// What asking gives when it goes wrong: the part of a question that needs no restored database.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/check/finding.hpp"

namespace pgrehearse {

/// Asks, and turns whatever goes wrong into an unknown finding with the reason; so it does no
/// finding at all. Throws only Error{interrupted}.
[[nodiscard]] std::vector<Finding> answers_to(const std::string& check, const std::string& sentence,
    const std::function<std::vector<Finding>()>& ask);

}  // namespace pgrehearse
