// What was rightly erased must not come back with an older state of the database. That it was
// erased is kept here, outside of the database (a suppression ledger): a restore takes back
// everything inside it, the knowledge of the erasure too.
#pragma once

#include <cstdint>

#include "harness/check/fact.hpp"
#include "harness/drill/restored.hpp"
#include "harness/drill/source.hpp"

namespace pgrehearse {

struct Erasure {
  Facts before = {};           ///< of the source, just before it
  Facts after = {};            ///< just after it
  std::int64_t came_back = 0;  ///< what the restored database held of it, before it erased again
};

/// Runs drill.yaml's erasure on the source. Clients are held. Throws Error{bad_config} when there
/// is none, when there was nothing to erase, and when something remains: it would prove nothing.
[[nodiscard]] Erasure erase(Source& source);
/// Runs it on the restored server, as the runbook has to.
void erase_again(Erasure& erasure, Restored& restored, const Source& source);

}  // namespace pgrehearse
