// Disposable instances as server processes of this host: a private folder each, no container
// needed.
//
// Weaker than containers, and properties() says so: instances share the host's processes and
// network, and nothing enforces a read-only volume.
#pragma once

#include <memory>

#include "harness/engine/engine.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/run_scope.hpp"

namespace pgrehearse {

/// Finds the Postgres programs and makes the template when it is not there. The journal must
/// outlive the engine. Throws Error{engine_missing}, Error{refused} (too old a Postgres) or
/// Error{instance_failed}.
[[nodiscard]] std::unique_ptr<Engine> make_local_engine(
    const EngineConfig& config, RunJournal& journal);

/// Whether there are Postgres programs here that we accept. Makes nothing.
[[nodiscard]] EngineState local_engine_state();

}  // namespace pgrehearse
