// What somebody who watches over backups looks at: the marks they leave, the archive, the storage.
#pragma once

#include "harness/drill/alerts.hpp"
#include "harness/drill/source.hpp"

namespace pgrehearse {

/// Looks now. What cannot be looked at stays empty; so does the last restore, of which the source
/// knows nothing.
[[nodiscard]] AlertObservations observe_backups(const Source& source);

/// Of the file system that holds a folder of the instance, in bytes. Throws Error{program_failed}.
[[nodiscard]] StorageUse storage_of(Instance& instance, const std::string& folder);

/// Makes all that tells a watcher the time older by so much, as if it had passed: the marks, and
/// the file times of the WAL, archived or not. The record says so.
void let_time_pass(const Source& source, Milliseconds time, DrillRecord& record);

}  // namespace pgrehearse
