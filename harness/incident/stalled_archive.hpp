// Archiving that stops while the server goes on: nobody notices but whoever looks at the archive.
#pragma once

#include <string>

#include "harness/pg/cluster.hpp"

namespace pgrehearse {

/// Takes the right to write away from the archive's folder, as `source` sees it, and returns when
/// archive_command has failed for that. Throws Error{timed_out} when it does not.
void stall_archive(Cluster& source, const std::string& archive_volume);

/// Gives the right back, and returns when the archive has got something again. Throws
/// Error{timed_out}.
void mend_archive(Cluster& source, const std::string& archive_volume);

}  // namespace pgrehearse
