// The verb `baseline`: writes down what a backup of a server must bring back.
#pragma once

#include "harness/cli/verb_to_run.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): as the library has it
class App;
}

namespace pgrehearse {

void add_baseline_verb(CLI::App& app, VerbToRun& chosen);

}  // namespace pgrehearse
