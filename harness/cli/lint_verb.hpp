// `lint-runbook`: what in a team's runbook would stop a recovery, or make it look better than it
// is.
#pragma once

#include "harness/cli/verb_to_run.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): as the library has it
class App;
}

namespace pgrehearse {

/// Adds lint-runbook to the program. It ends with 1 when there is a finding that no note calls
/// meant, and with 2 when a runbook has nothing that could be looked at.
void add_lint_verb(CLI::App& app, VerbToRun& chosen);

}  // namespace pgrehearse
