// This program itself, and the programs of ours that travel with it: the agent and the watchdog.
#pragma once

#include <filesystem>
#include <string_view>

namespace pgrehearse {

/// This executable, whatever it is called: what starts itself again finds the same cases and checks
/// in it. Throws Error{internal} when /proc does not say.
[[nodiscard]] std::filesystem::path own_executable();
/// A program of ours that lies beside this executable: $PGREHEARSE_LIBEXEC/<name> when that is set,
/// else in the folder of /proc/self/exe. Throws Error{internal} when it is not there or not
/// executable.
[[nodiscard]] std::filesystem::path companion(std::string_view program);
/// The folder in which they lie.
[[nodiscard]] std::filesystem::path companion_folder();

}  // namespace pgrehearse
