// The team's own backups in a bucket: what stands as s3://bucket/key in drill.yaml's `artifact`.
// Only listed and read.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/backup/artifact.hpp"
#include "harness/backup/own_repository.hpp"
#include "harness/backup/wal_source.hpp"
#include "harness/drill/subject.hpp"

namespace pgrehearse {

// All throw Error{bad_config} for a variable that is not set; Error{backup_unusable} for what the
// store has not, or refuses to whoever runs the drill; and Error{store_unreachable} when it does
// not answer: then nothing is known of the backup.

/// At the spec's `path`, newest first; none when nothing of what is there counts. Where nothing is
/// at all, it throws and names the nearest.
[[nodiscard]] std::vector<Artifact> stored_artifacts(const ArtifactSpec& spec);
/// Into `folder`, a private one; gives where it lies then.
[[nodiscard]] std::filesystem::path fetched(
    const ArtifactSpec& spec, const Artifact& artifact, const std::filesystem::path& folder);
/// The repository at the spec's `path`, in a bucket or a folder; null when it is no repository. As
/// repository_at().
[[nodiscard]] std::unique_ptr<OwnRepository> own_repository(
    const ArtifactSpec& spec, const std::filesystem::path& work);
/// One file of the spec's that is not the backup itself: its globals.
void fetch_file(
    const ArtifactSpec& spec, const std::string& where, const std::filesystem::path& to);
/// The archive at the spec's `wal`. `work` is for what is on its way.
[[nodiscard]] std::unique_ptr<WalSource> stored_wal(
    const ArtifactSpec& spec, const std::filesystem::path& work);

}  // namespace pgrehearse
