// What runs have on this host, seen from outside: this asks the kernel and docker, never our own
// sweeper, which might overlook the same things when it looks and when it removes.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

#include "harness/base/time.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {

/// A file below /proc; empty when its process has ended.
[[nodiscard]] std::string text_in_proc(const std::filesystem::path& file);

class HostView {
 public:
  /// Looks for what belongs to the sandbox; shared memory orphaned before is not counted.
  /// Containers are looked for only `with_docker`.
  HostView(const Sandbox& sandbox, bool with_docker);

  /// One line for each container, volume and network made by the program of this pid, each process
  /// that lives in or was told of the sandbox' state folder, each folder of a run, each piece of
  /// shared memory of a data directory that was seen there by an earlier look.
  [[nodiscard]] std::vector<std::string> left_by(pid_t harness);
  /// Containers, volumes and networks alone.
  [[nodiscard]] std::vector<std::string> container_things_of(pid_t harness) const;
  /// Waits until left_by() is empty. Returns what is still there at the end of `patience`, and how
  /// long it took.
  struct Removal {
    std::vector<std::string> left;
    Milliseconds took{0};
  };
  [[nodiscard]] Removal await_removal(pid_t harness, Milliseconds patience);

  /// Remembers the data directories that exist at this moment. PostgreSQL takes the inode number of
  /// one as the key of its shared memory (sysv_shmem.c), or one of the next if that is taken.
  void look_for_keys();

 private:
  const Sandbox& sandbox_;
  bool with_docker_;
  std::set<std::string> shared_memory_before_;  ///< in /dev/shm
  std::set<unsigned long> keys_ = {};           ///< of System V shared memory, see look_for_keys()
};

}  // namespace pgrehearse
