// The one list of engines.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/engine/engine.hpp"
#include "harness/engine/run_scope.hpp"

namespace pgrehearse {

struct EngineConfig {
  std::string engine = "auto";  ///< auto, docker, podman, local
  std::string image =
      {};  ///< container engines; empty: "postgres:15", else the image ci/images builds
  ClusterSpec cluster = {};
};

struct EngineChoice {
  std::unique_ptr<Engine> engine;
  std::string
      why;  ///< for people: "docker 20.10.24 answers" or "no container program answers: ..."
};

/// What works on this host and why not, best first: docker, podman, local. For doctor and for
/// `auto`.
struct EngineState {
  std::string name;
  bool usable = false;
  std::string detail;
};
[[nodiscard]] std::vector<EngineState> engines_here(const EngineConfig& config);

/// Picks and prepares an engine (building the template cluster the first time). Throws
/// Error{engine_missing} when the asked one does not work here, with what to do about it.
[[nodiscard]] EngineChoice make_engine(const EngineConfig& config, RunJournal& journal);

}  // namespace pgrehearse
