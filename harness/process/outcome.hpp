// When a program had to succeed: one wording of "it did not", wherever it ran.
#pragma once

#include <string_view>

#include "harness/process/program.hpp"

namespace pgrehearse {

/// Hands `completed` through when it is ok(). Else throws Error{program_failed}, or
/// Error{timed_out}, naming argv[0], the status and the last line of standard error.
Completed demand_success(Completed completed, const Program& program, std::string_view hint);

}  // namespace pgrehearse
