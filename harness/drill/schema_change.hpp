// What new migrations made of a restored backup of the base.
#pragma once

#include <string>
#include <vector>

#include "harness/drill/marker.hpp"

namespace pgrehearse {

struct SchemaChange {
  std::vector<std::string> versions = {};  ///< applied, in order; empty when a command did it
  Facts before = {};                       ///< of the restored base
  Marker after =
      {};  ///< facts and drill.yaml's checks, as a dump of the result must bring them back
};

}  // namespace pgrehearse
