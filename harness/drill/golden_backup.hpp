// A backup of a released version, kept for good: a dump of the seed's data with the baseline that
// it must bring back, checksummed, and signed where there is a key (golden_signature.hpp). Whatever
// image and program there are later, it must come back, and today's migrations must run on it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/backup/backup_tool.hpp"
#include "harness/base/time.hpp"
#include "harness/check/baseline.hpp"
#include "harness/drill/subject.hpp"

namespace pgrehearse {

struct GoldenBackup {
  std::string release;  ///< "v1.4": the name of its folder
  std::filesystem::path folder;
  Timestamp taken = {};
};

/// What goes into one. It holds no password: roles come back without theirs.
struct GoldenContent {
  std::string dump;     ///< of pg_dump, format custom
  std::string globals;  ///< of pg_dumpall --globals-only --no-role-passwords
  Baseline baseline;
  std::string engine;  ///< that it was made with: "docker 20.10", for people
};

/// Throws Error{bad_config} when drill.yaml names no folder for them, the release is no name of a
/// folder or there already (what was released does not change), or the golden_keys() do not fit.
void demand_room_for(const Subject& subject, const std::string& release);

/// Writes it, all or nothing. Throws Error{io}.
void keep(const GoldenContent& content, const Subject& subject, const std::string& release);

/// The oldest first. Throws Error{backup_unusable} when there is none, or a folder there is none.
[[nodiscard]] std::vector<GoldenBackup> golden_backups(const Subject& subject);

/// Holds every file against its digest, and the digests against the public key, if there is one.
[[nodiscard]] BackupVerification verify(const GoldenBackup& golden);

/// What a drill restores of it.
[[nodiscard]] ArtifactSpec artifact_of(const GoldenBackup& golden);

}  // namespace pgrehearse
