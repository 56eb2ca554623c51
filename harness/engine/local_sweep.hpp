// What runs left on this host outside of containers: processes, shared memory, folders.
#pragma once

#include <string>
#include <vector>

#include "harness/engine/engine.hpp"

namespace pgrehearse {

/// In the order in which they can be removed: processes, shared memory, folders. A folder counts
/// only with a valid journal (journal_file.hpp), or with the name of one that is still being made
/// (then `run_id` is empty). A process counts when it carries PGREHEARSE_OWNER=<run-id>, or works
/// in an instance's folder and has no terminal; its owner is empty when there is no journal of that
/// run here. Helpers of container programs that outlive the call (conmon and the like) end with
/// their container and do not count.
[[nodiscard]] std::vector<Owned> find_owned_locally();

/// Removes a thing that find_owned_locally named. True when it is gone.
bool remove_owned_local_thing(const Owned& owned);

}  // namespace pgrehearse
