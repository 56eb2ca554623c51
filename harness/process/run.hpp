// Runs a program in a process group of its own, and waits for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/process/program.hpp"

namespace pgrehearse {

/// Runs the program to its end or its deadline. At the deadline its whole group gets SIGTERM, 2 s
/// later SIGKILL. Every child carries PGREHEARSE_OWNER=<run mark> in its environment (see
/// mark_children), so that the sweeper finds what a dead harness left running.
/// Throws Error{program_failed} when it could not be started, Error{interrupted} when a signal asks
/// the run to end (see process/interrupt.hpp; the child is ended first).
[[nodiscard]] Completed run(const Program& program);

/// Runs it and throws Error{program_failed} (Error{timed_out} at the deadline) unless it exits 0.
/// The message names argv[0], the status and the last line of standard error; `hint` goes with it.
Completed run_or_throw(const Program& program, std::string_view hint = {});

/// What a child is told: our own environment, the mark, and the program's own variables.
[[nodiscard]] std::vector<std::string> environment_for(const Program& program);

/// The value of PGREHEARSE_OWNER for children started from now on. Set once, before threads.
void mark_children(std::string mark);

}  // namespace pgrehearse
