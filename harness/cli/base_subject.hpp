// The subject as a git ref had it, for a run whose migrations are partly new.
#pragma once

#include <optional>

#include "harness/cli/run_request.hpp"
#include "harness/drill/subject.hpp"
#include "harness/engine/run_scope.hpp"

namespace pgrehearse {

/// Nothing without --base. Otherwise `subject` with the migrations and the seed that its drill.yaml
/// has where this branch left the ref; the files are written into the run's own folder, and go with
/// it. Where the ref has no drill.yaml, today's is read beside the files of then. Throws
/// Error{bad_config}, also for what History refuses.
[[nodiscard]] std::optional<Subject> subject_at_base(
    const RunRequest& request, const Subject& subject, RunJournal& journal);

}  // namespace pgrehearse
