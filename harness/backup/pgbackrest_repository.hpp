// A team's own pgBackRest repository in a folder or a bucket, read by the real program: info,
// repo-ls, restore and archive-get, none of which writes into it. Locks and logs go to a private
// folder, and so does the configuration with the passphrase and the credentials (mode 0600):
// nothing of /etc/pgbackrest and no PGBACKREST_* variable is heard.
#pragma once

#include "harness/backup/own_repository.hpp"
#include "harness/backup/pgbackrest_answers.hpp"
#include "harness/process/program.hpp"

namespace pgrehearse {

class PgbackrestRepository final : public OwnRepository {
 public:
  /// Names of the stanzas in that folder; none when it is no repository of pgBackRest.
  [[nodiscard]] static std::vector<std::string> stanzas_in(const std::filesystem::path& path);

  /// `stanzas` are those that are there. Throws as repository_at() does, and Error{bad_config} for
  /// a bucket that is not reached by https: pgBackRest speaks nothing else.
  PgbackrestRepository(const RepositoryPlace& place, const std::vector<std::string>& stanzas,
      const std::filesystem::path& work);
  ~PgbackrestRepository() override;
  PgbackrestRepository(const PgbackrestRepository&) = delete;
  PgbackrestRepository& operator=(const PgbackrestRepository&) = delete;

  [[nodiscard]] std::string tool() const override { return "pgBackRest"; }
  [[nodiscard]] std::vector<RepositorySet> sets() override;
  [[nodiscard]] std::filesystem::path open(
      const RepositorySet& set, const std::filesystem::path& work) override;
  [[nodiscard]] std::optional<BackupVerification> verification(
      const RepositorySet& set) const override;
  [[nodiscard]] std::unique_ptr<WalSource> wal(const RepositorySet& set) override;

 private:
  [[nodiscard]] Completed call(std::vector<std::string> words) const;
  [[nodiscard]] const PgbackrestBackup& backup_of(const RepositorySet& set) const;

  std::filesystem::path own_;  ///< private: configuration, locks, the restored data directory
  std::string stanza_;
  std::vector<PgbackrestBackup> backups_;
};

}  // namespace pgrehearse
