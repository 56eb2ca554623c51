// Getting rid of server processes and their traces on this host. Used by instances at the end of
// their scope and by the sweeper for runs whose harness is dead; both see the same things.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/engine/proc.hpp"

namespace pgrehearse {

/// Every process of an instance carries $PGREHEARSE_INSTANCE=<run-id>/<instance>, unless it
/// overwrote its environment, as Postgres' own children do; those work in the data directory.
struct LocalDomain {
  std::filesystem::path folder;  ///< of the instance, or of the whole run
  std::string mark;              ///< "<run-id>/<instance>", or "<run-id>" for all of its instances
};

/// True for a process of the domain: it carries the mark, or works in the folder and has no
/// terminal (a person's shell there is not ours).
[[nodiscard]] bool belongs_to(const SeenProcess& process, const LocalDomain& domain);
/// All of them, without this process and its ancestors.
[[nodiscard]] std::vector<SeenProcess> processes_of(const LocalDomain& domain);

/// Asks servers with a data directory below the folder to stop at once (SIGQUIT: they remove their
/// shared memory), and waits until they are gone or the deadline comes.
void stop_servers_of(const LocalDomain& domain, Milliseconds deadline);
/// SIGKILL, again and again until none is left (a dying server may still start a child). Returns
/// who is left at the deadline.
[[nodiscard]] std::vector<SeenProcess> kill_processes_of(
    const LocalDomain& domain, Milliseconds deadline);

/// A System V segment that a server noted in its postmaster.pid.
struct SharedMemory {
  int id = 0;
  std::string data_directory;
  bool attached = false;  ///< some process still uses it
};
/// Those below the folder that still exist.
[[nodiscard]] std::vector<SharedMemory> shared_memory_of(const std::filesystem::path& folder);
/// True when it is gone now. One in use is left alone.
bool remove_shared_memory(const SharedMemory& segment);

/// Lock files (of a data directory, of a Unix socket) below the folder whose server is dead but
/// still has its pid, because its parent has not collected it.
[[nodiscard]] std::vector<std::filesystem::path> lock_files_of_dead_servers(
    const std::filesystem::path& folder);

/// Removes a folder with all it holds, without following links. Returns why something is left.
[[nodiscard]] std::optional<std::string> remove_tree(const std::filesystem::path& path);

}  // namespace pgrehearse
