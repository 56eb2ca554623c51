// What /proc tells about other processes: whose they are, where they work, what marks they carry.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace pgrehearse {

/// A living process (a zombie holds nothing any more and counts as gone).
struct SeenProcess {
  pid_t pid = 0;
  pid_t parent = 0;
  unsigned long long start_ticks = 0;  ///< since boot; tells a pid from its next holder
  bool has_terminal = false;
  std::string program = {};  ///< as the kernel shortens it (15 characters)
};

[[nodiscard]] std::optional<SeenProcess> process_seen(pid_t pid);
[[nodiscard]] std::vector<SeenProcess> processes_seen();

/// Value of a variable in the environment it was started with; empty when unset or not ours to
/// read.
[[nodiscard]] std::string variable_of(pid_t pid, std::string_view name);
/// Where it works; empty when not ours to read. A removed folder has " (deleted)" at its end.
[[nodiscard]] std::filesystem::path folder_of(pid_t pid);
/// True when `path` is `folder` or lies below it. Compares texts: both must be absolute and normal.
[[nodiscard]] bool lies_in(const std::filesystem::path& path, const std::filesystem::path& folder);

/// This process and all its ancestors: never ours to kill, whatever marks they carry.
[[nodiscard]] std::vector<pid_t> own_line();

/// SIGKILL to exactly this process, not to a later one of the same pid.
void kill_exactly(const SeenProcess& process);

}  // namespace pgrehearse
