// The verbs `man` and `completion`: what the help says, for man(1) and for shells. Made of the
// command line itself, so that neither can drift from it.
#pragma once

#include <string>

#include "harness/cli/verb_to_run.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): as the library has it
class App;
}

namespace pgrehearse {

/// In roff, for section 1 of the manual.
[[nodiscard]] std::string man_page(const CLI::App& app, const std::string& version);
/// A script to be sourced; `shell` is bash, zsh or fish.
[[nodiscard]] std::string completion(const CLI::App& app, const std::string& shell);

/// `app` must have all other verbs by then, and outlive the call of the chosen one.
void add_help_verbs(CLI::App& app, VerbToRun& chosen);

}  // namespace pgrehearse
