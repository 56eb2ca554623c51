// The verbs that make and check bundles of evidence.
#pragma once

#include "harness/cli/verb_to_run.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the name of the library
class App;
}

namespace pgrehearse {

/// Adds bundle and verify-bundle to the program.
void add_bundle_verbs(CLI::App& app, VerbToRun& chosen);

}  // namespace pgrehearse
