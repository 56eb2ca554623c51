// The command lines of the small verbs of verbs.hpp.
#pragma once

#include "harness/cli/verb_to_run.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the name of the library
class App;
}

namespace pgrehearse {

/// Adds list, sweep, due, render, doctor and schema to the program.
void add_small_verbs(CLI::App& app, VerbToRun& chosen);

}  // namespace pgrehearse
