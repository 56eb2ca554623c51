// Between what a drill found and who judges the trial. The program hears what was found; the
// program of tests/stubs/ hears one check say "met" whatever it found, and must then miss its
// sabotages.
#pragma once

#include <vector>

#include "harness/check/finding.hpp"

namespace pgrehearse {

[[nodiscard]] std::vector<Finding> heard(std::vector<Finding> findings);

}  // namespace pgrehearse
