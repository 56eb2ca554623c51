// Disposable instances as containers of docker or podman.
//
// Confinement: no capability, no new privileges, limits on memory and processes, published on the
// loopback only, and never the engine's own socket inside.
#pragma once

#include <memory>
#include <string>

#include "harness/engine/engine.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/run_scope.hpp"

namespace pgrehearse {

/// `program` is "docker" or "podman". Chooses the image, proves that it works and builds the
/// template when it is not there. The journal must outlive the engine. Throws
/// Error{engine_missing}, Error{refused} (too old a Postgres) or Error{instance_failed}.
[[nodiscard]] std::unique_ptr<Engine> make_container_engine(
    const std::string& program, const EngineConfig& config, RunJournal& journal);

/// Whether make_container_engine would work: asks the program, may pull the image (20 s at most),
/// and starts one container of it (0.3 s). Never throws but Error{interrupted}.
[[nodiscard]] EngineState container_engine_state(
    const std::string& program, const EngineConfig& config);

}  // namespace pgrehearse
