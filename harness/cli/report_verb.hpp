// The verbs that look back at many runs.
#pragma once

#include "harness/cli/verb_to_run.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the name of the library
class App;
}

namespace pgrehearse {

/// Adds report and forget to the program.
void add_report_verb(CLI::App& app, VerbToRun& chosen);

}  // namespace pgrehearse
