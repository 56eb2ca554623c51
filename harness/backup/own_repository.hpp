// The repository of a backup tool that a team already has. It is only read: nothing of it is
// locked, noted, expired or mended.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/backup/artifact.hpp"
#include "harness/backup/backup_set.hpp"
#include "harness/backup/wal_source.hpp"
#include "harness/store/s3_config.hpp"

namespace pgrehearse {

/// A set of a repository.
struct RepositorySet {
  Artifact artifact;              ///< under the tool's own name for it; modified: when it ended
  std::string trouble = {};       ///< why the tool itself does not count on it
  std::string last_segment = {};  ///< with which it is consistent; empty: not known
};

class OwnRepository {
 public:
  virtual ~OwnRepository() = default;

  /// As people know it: "pgBackRest".
  [[nodiscard]] virtual std::string tool() const = 0;
  /// What is in its catalogue, newest first. Throws Error{backup_unusable} when that cannot be
  /// read, Error{bad_config} when the tool is not on this host.
  [[nodiscard]] virtual std::vector<RepositorySet> sets() = 0;
  /// The data directory of a set, put below `work` (a private folder) where it does not lie ready
  /// in the repository. Throws Error{backup_unusable, program_failed}.
  [[nodiscard]] virtual std::filesystem::path open(
      const RepositorySet& set, const std::filesystem::path& work) = 0;
  /// What the tool itself has compared while it opened the set; nothing when it compares nothing.
  [[nodiscard]] virtual std::optional<BackupVerification> verification(
      const RepositorySet& set) const = 0;
  /// WAL of the set's cluster. names() at once, fetch() after open(); the repository outlives it.
  [[nodiscard]] virtual std::unique_ptr<WalSource> wal(const RepositorySet& set) = 0;
};

/// Where a repository is, and what opens it.
struct RepositoryPlace {
  std::filesystem::path path = {};
  std::string tool = {};            ///< "pgbackrest", "barman"; empty: by its layout
  std::string section = {};         ///< pgBackRest's stanza, Barman's server; empty: the only one
  std::string passphrase_env = {};  ///< the variable with pgBackRest's passphrase
  /// Then `path` is the folder in it: what the keys begin with.
  std::optional<S3Config> bucket = {};
};

/// The tool whose repository lies there, by its layout: the name as drill.yaml has it, or nothing.
[[nodiscard]] std::string repository_tool_at(const std::filesystem::path& path);

/// Null when no repository is there and none is asked for. `work` is a private folder of the
/// caller's that outlives it. Throws Error{backup_unusable} when there is none of the named tool,
/// or it has no such section; Error{bad_config} for a variable that is not set.
[[nodiscard]] std::unique_ptr<OwnRepository> repository_at(
    const RepositoryPlace& place, const std::filesystem::path& work);

/// The folder named so, or the only one. Throws Error{backup_unusable} naming the nearest and the
/// `kind` ("stanza").
[[nodiscard]] std::string section_of(
    const std::vector<std::string>& there, const std::string& named, const std::string& kind);

}  // namespace pgrehearse
