// Removes what dead runs left, and never touches a live run or anything without our label.
#pragma once

#include <string>
#include <vector>

#include "harness/engine/engine.hpp"

namespace pgrehearse {

struct SweepOptions {
  std::string only_run = {};  ///< this run alone, dead or alive: its own end, or `sweep --run`
  bool kept_too = false;      ///< also runs that asked to be kept
  /// False asks no container engine, which takes a second: only for a run whose journal was read
  /// and names nothing of theirs.
  bool containers_too = true;
};

struct SweepResult {
  std::vector<Owned> removed;
  std::vector<Owned> left;  ///< could not be removed
};

/// Everything on this host that carries our label, of any run: containers, volumes and networks of
/// every container program found, directories under state_dir(), processes, shared memory.
[[nodiscard]] std::vector<Owned> find_owned();
[[nodiscard]] SweepResult sweep(const SweepOptions& options = {});

}  // namespace pgrehearse
