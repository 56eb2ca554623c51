// What one command says of how psql will run.
#pragma once

#include <string>

#include "harness/runbook/shell_text.hpp"

namespace pgrehearse {

/// A call of psql that reads a script: a file, standard input, or several -c.
[[nodiscard]] bool runs_a_script(const ShellCommand& command);
/// A call of psql that ends at the first error, as far as the command itself says.
[[nodiscard]] bool stops_on_error(const ShellCommand& command);
/// Given something to do: not an interactive session, --version or --list.
[[nodiscard]] bool asks_something(const ShellCommand& command);

}  // namespace pgrehearse
