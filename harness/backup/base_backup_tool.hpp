// pg_basebackup and our own archive: what Postgres brings along, and the default.
#pragma once

#include "harness/backup/archive.hpp"
#include "harness/backup/backup_tool.hpp"

namespace pgrehearse {

class BaseBackupTool : public BackupTool {
 public:
  /// `checkpoint` is fast or spread.
  BaseBackupTool(Archive archive, std::string volume, std::string checkpoint);

  [[nodiscard]] const BackupToolProperties& properties() const override { return properties_; }
  [[nodiscard]] std::string archive_command(const Instance& source) const override;
  void prepare(Cluster& source) override;
  [[nodiscard]] BackupSet take(Cluster& source, const TakeRequest& request) override;
  [[nodiscard]] std::vector<std::string> list(Instance& instance) override;
  [[nodiscard]] BackupVerification verify(Instance& instance, const BackupSet& set) override;
  RestoredFiles restore(
      Instance& instance, const BackupSet& set, const RecoveryTarget& target) override;
  std::vector<std::string> load(Cluster& target, const BackupSet& set) override;

 private:
  Archive archive_;
  std::string volume_;
  std::string checkpoint_;
  BackupToolProperties properties_;
};

}  // namespace pgrehearse
