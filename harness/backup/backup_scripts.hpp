// The team's own backup programs, and how one of them is run: on this host, in the team's folder,
// told everything through its environment (docs/drill-yaml.md lists it).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/process/program.hpp"

namespace pgrehearse {

struct BackupScripts {
  std::vector<std::string> take = {};
  std::vector<std::string> restore = {};
  std::vector<std::string> list = {};
  std::vector<std::string> verify = {};
  std::string archive = {};  ///< archive_command of the team, %p and %f in it; empty: ours
  bool physical = true;
  Milliseconds deadline = std::chrono::minutes{10};
  std::filesystem::path folder = {};  ///< where they run
  std::vector<EnvVar> env = {};       ///< run id and the like: the same for all four
};

/// Runs one of them. libpq's variables of whoever started the harness are taken out, so that a
/// script reaches the server it was given or none. Throws as process/run.hpp does.
[[nodiscard]] Completed run_script(
    const BackupScripts& scripts, const std::vector<std::string>& argv, std::vector<EnvVar> env);

/// What on standard error counts against a program: a line that speaks of an error, a warning or
/// something fatal. Its number and level only: the rest may hold values.
[[nodiscard]] std::vector<std::string> complaints_in(
    std::string_view program, std::string_view err);

}  // namespace pgrehearse
