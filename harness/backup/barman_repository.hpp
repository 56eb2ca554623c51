// A team's own Barman folder, read without Barman: the sets lie there as data directories or tar
// files, and the WAL as files under the names that Postgres asks for. Barman itself would take
// locks in it and write to its catalogue, and would not notice a file that was cut short.
#pragma once

#include "harness/backup/own_repository.hpp"

namespace pgrehearse {

class BarmanRepository final : public OwnRepository {
 public:
  /// Names of the servers; none when it is no folder of Barman's. One server's folder may be named
  /// itself.
  [[nodiscard]] static std::vector<std::string> servers_in(const std::filesystem::path& path);

  explicit BarmanRepository(const RepositoryPlace& place);

  [[nodiscard]] std::string tool() const override { return "Barman"; }
  [[nodiscard]] std::vector<RepositorySet> sets() override;
  [[nodiscard]] std::filesystem::path open(
      const RepositorySet& set, const std::filesystem::path& work) override;
  /// Nothing: a manifest in the set is the only one that tells.
  [[nodiscard]] std::optional<BackupVerification> verification(
      const RepositorySet& set) const override;
  [[nodiscard]] std::unique_ptr<WalSource> wal(const RepositorySet& set) override;

 private:
  std::filesystem::path server_;
};

/// What a set's backup.info says; `artifact` has its name and folder. Sets that were begun and have
/// not ended yet are none. Source of the keys: Barman 3.4, "backup.info".
[[nodiscard]] std::optional<RepositorySet> set_in_backup_info(
    std::string_view text, Artifact artifact);

}  // namespace pgrehearse
