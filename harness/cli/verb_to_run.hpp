// How a verb of the program says what is to be run, once the whole command line has been read.
#pragma once

#include <functional>

namespace pgrehearse {

/// Runs the verb that was asked for and returns the exit status. Empty while none was.
///
/// A verb lives in a file of its own: a function `add_..._verb(CLI::App&, VerbToRun&)` adds its
/// subcommand, and the callback of that puts the work here. What its options write to must live as
/// long as the program's `act`: hold it by shared_ptr.
using VerbToRun = std::function<int()>;

}  // namespace pgrehearse
