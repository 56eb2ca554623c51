// Writes down what was seen and tried: a drill.yaml with a comment for each thing that a person
// should look at.
#pragma once

#include <map>
#include <string>

#include "harness/project/layout.hpp"
#include "harness/project/sketch.hpp"

namespace pgrehearse {

struct DrillFileContent {
  Layout layout = {};
  Sketch sketch = {};
  bool seeds_work = true;  ///< the repository's own SQL seeds could be applied
  std::map<std::string, std::string> leave_out = {};  ///< cases, with reasons
};

/// Cases that this database has nothing for, with the reason.
[[nodiscard]] std::map<std::string, std::string> cases_to_leave_out(const Sketch& sketch);

[[nodiscard]] std::string drill_file(const DrillFileContent& content);

}  // namespace pgrehearse
