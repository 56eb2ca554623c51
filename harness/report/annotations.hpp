// Red drills as GitHub shows them: on the page of a run, and at the line of a pull request.
#pragma once

#include <filesystem>
#include <string>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// A workflow command `::error file=...,line=...,title=...::message` on a line of its own for each
/// drill that is not met: those that missed something first, each at the line that asked for it.
/// Where that scenario's file is not here, at `subject`, the drill.yaml; without one, always there.
/// What makes a run red beside its drills (a signal, leftovers, nothing ran) is one without a
/// place. At most ten, the last of which counts the rest: GitHub keeps no more errors of a step.
/// Empty for a run that is met. Values cannot begin a command of their own.
/// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
[[nodiscard]] std::string render_annotations(
    const RunRecord& record, const std::filesystem::path& subject = {});

}  // namespace pgrehearse
