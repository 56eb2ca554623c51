// A backup that the team already has, on its way into a fresh instance. The database it was taken
// of is never asked: what the backup must bring back, the baseline says, if there is one.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "harness/backup/artifact_opening.hpp"
#include "harness/backup/own_repository.hpp"
#include "harness/check/baseline.hpp"
#include "harness/drill/replica.hpp"
#include "harness/drill/run.hpp"

namespace pgrehearse {

/// A moment, and how it is known.
struct DataMoment {
  Timestamp when = {};
  std::string source = {};  ///< "the time of its file, which a copy may have changed"
};

class OwnBackup {
 public:
  /// Finds the backup that drill.yaml's `artifact` means, and takes its wrappings off into a
  /// private folder of this host; a set of a repository is opened by bring_cluster(). Throws
  /// Error{io, backup_unusable} when there is none or it cannot be opened, Error{bad_value} for a
  /// baseline that is none.
  explicit OwnBackup(Run& run);
  /// What came out of the wrappings is removed.
  ~OwnBackup();
  OwnBackup(const OwnBackup&) = delete;
  OwnBackup& operator=(const OwnBackup&) = delete;

  [[nodiscard]] const Artifact& artifact() const { return artifact_; }
  [[nodiscard]] std::size_t candidates() const { return candidates_; }
  [[nodiscard]] const OpenedArtifact& opened() const { return opened_; }
  [[nodiscard]] bool is_dump() const { return opened_.format != ArtifactFormat::data_directory; }
  /// "shop.dump.gz (custom dump in gzip), 1 of 4"
  [[nodiscard]] std::string described() const;
  [[nodiscard]] const std::optional<Baseline>& baseline() const { return baseline_; }
  /// From now on this is what it must bring back.
  void hold_to(Baseline baseline) { baseline_ = std::move(baseline); }
  /// How old the data are, as far as the backup itself tells.
  [[nodiscard]] const DataMoment& moment() const { return moment_; }
  void know_moment(DataMoment moment) { moment_ = std::move(moment); }
  /// What the tool of a repository compared while it opened the set. After bring_cluster().
  [[nodiscard]] const std::optional<BackupVerification>& verification() const {
    return verification_;
  }

  /// The file of the roles on this host; empty when there is none.
  [[nodiscard]] const std::filesystem::path& globals() const { return globals_; }

  /// Brings the dump, and the roles where there are some, to `folder` inside.
  void bring_dump(Instance& instance, const std::string& folder) const;
  /// Brings the files of the cluster and the archived WAL into the volumes of the place: what there
  /// is to recover. The WAL is decompressed on the way. Throws Error{backup_unusable, archive_gap}.
  [[nodiscard]] Replica bring_cluster(const RestorePlace& place, const std::string& server_version);

 private:
  void choose_file();
  void choose_stored();
  void fetch_globals();
  void choose_set();
  [[nodiscard]] std::unique_ptr<WalSource> wal_source() const;
  void bring_wal(
      WalSource& source, Instance& instance, const BackupSet& set, const std::string& volume) const;

  Run& run_;
  std::filesystem::path work_;
  Artifact artifact_;
  std::size_t candidates_ = 0;
  OpenedArtifact opened_;
  std::filesystem::path globals_ = {};
  DataMoment moment_;
  std::optional<Baseline> baseline_;
  std::unique_ptr<OwnRepository> repository_ = {};  ///< until the set is brought; null: a file
  RepositorySet set_ = {};
  std::optional<BackupVerification> verification_ = {};
};

}  // namespace pgrehearse
