// One thing that drills need of this host: whether it is there, and what mends it.
#pragma once

#include <string>
#include <vector>

#include "harness/drill/subject.hpp"

namespace pgrehearse {

enum class HostState { good, wanting, missing };  ///< wanting: some drills do without

struct HostCheck {
  std::string name;
  HostState state = HostState::good;
  std::string detail;
  std::string cure = {};  ///< a command, or a sentence
};

/// A program of Postgres by what it answers to --version; `path` is where it is.
[[nodiscard]] HostCheck client_check(
    const std::string& name, const std::string& path, const std::string& answer);
/// `free` bytes below `folder`. A backup of the team's own of `own_backup` bytes is fetched and
/// unpacked there, so it takes twice that, and more where it is compressed: how much more, nobody
/// knows before.
[[nodiscard]] HostCheck disk_check(
    const std::string& folder, std::uintmax_t free, std::uintmax_t own_backup = 0);

/// Everything but the engines: programs, versions, permissions, a port, the disk; of the backup
/// tool and the services, what this subject uses is missing without them, and the rest is wanting.
/// Programs that its drill.yaml calls are missing where PATH has none.
[[nodiscard]] std::vector<HostCheck> host_checks(const Subject& subject);

/// "good     disk      ...", and the cure on a line of its own.
[[nodiscard]] std::string text_of(const HostCheck& check);

/// What one drill needs on disk at least: two clusters, a backup set, and the archived WAL.
inline constexpr std::uintmax_t disk_for_a_drill = 512ULL * 1024 * 1024;

}  // namespace pgrehearse
