// The verb `init`: from a repository to a drill.yaml that runs, and the pipeline for its CI.
#pragma once

#include "harness/cli/verb_to_run.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): as the library has it
class App;
}

namespace pgrehearse {

void add_init_verb(CLI::App& app, VerbToRun& chosen);

}  // namespace pgrehearse
