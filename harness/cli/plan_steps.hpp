// What the cases of each scenario do, in outline: the titles of their own steps.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pgrehearse {

/// The steps of the scenario's first case, in order, as its record has them ("corruption"). One
/// that ends with "..." goes on differently from case to case. Empty for a scenario that is not one
/// of ours. A unit test holds them to docs/runbooks, which is made of real runs.
[[nodiscard]] const std::vector<std::string>& steps_of(std::string_view scenario);

}  // namespace pgrehearse
