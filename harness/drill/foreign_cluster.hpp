// Makes a restored cluster that was configured elsewhere one of the harness' own, before its server
// starts: it listens to the harness and calls nobody.
#pragma once

#include <string>
#include <vector>

#include "harness/drill/restored.hpp"

namespace pgrehearse {

/// Configuration, rules of access and signals of where it came from are replaced; settings without
/// which its WAL cannot be replayed (max_connections and the like, as the control data say) are
/// kept. Everybody is let in over the Unix socket: the instance must be in quarantine. Returns the
/// names of settings in its postgresql.conf and postgresql.auto.conf, which are left out, never
/// their values.
std::vector<std::string> adopt_foreign_cluster(Restored& restored);

}  // namespace pgrehearse
