// The team's own scripts as a backup tool: a runbook put on trial.
//
// The scripts run on this host like the other commands of drill.yaml. A physical restore fills a
// data directory, so it needs an engine whose data directories are folders of this host; a logical
// one needs a connection only. Everything a restore takes to recover (recovery.signal,
// restore_command, the target) is the script's to write: what it forgets, the drill finds.
#pragma once

#include "harness/backup/backup_scripts.hpp"
#include "harness/backup/backup_tool.hpp"

namespace pgrehearse {

class CommandTool : public BackupTool {
 public:
  /// `artifacts` is where logical scripts keep their sets, on this host; physical ones keep them in
  /// the volume, which is a folder of this host too. It is made when first needed.
  CommandTool(BackupScripts scripts, std::string volume, std::filesystem::path artifacts);

  [[nodiscard]] const BackupToolProperties& properties() const override { return properties_; }
  /// Physical: the team's own, or a push into a second archive that only the scripts read.
  [[nodiscard]] std::string archive_command(const Instance& source) const override;
  void prepare(Cluster& source) override;
  /// A set's positions are the source's just before and just after the script ran.
  [[nodiscard]] BackupSet take(Cluster& source, const TakeRequest& request) override;
  /// The lines that the list script prints.
  [[nodiscard]] std::vector<std::string> list(Instance& instance) override;
  [[nodiscard]] BackupVerification verify(Instance& instance, const BackupSet& set) override;
  /// Runs the verify script first: a set that it refuses is not used.
  RestoredFiles restore(
      Instance& instance, const BackupSet& set, const RecoveryTarget& target) override;
  std::vector<std::string> load(Cluster& target, const BackupSet& set) override;

 private:
  [[nodiscard]] std::string backups_folder(const Instance& instance) const;
  [[nodiscard]] std::string archive_folder(const Instance& instance) const;
  [[nodiscard]] std::vector<EnvVar> environment(
      const Instance& instance, const std::string& phase, const std::string& set = {}) const;
  /// Throws Error{program_failed} unless it exits 0.
  Completed call(const std::string& phase, const std::vector<std::string>& argv,
      std::vector<EnvVar> env) const;
  void demand_verified(Instance& instance, const BackupSet& set);

  BackupScripts scripts_;
  std::string volume_;
  std::filesystem::path artifacts_;
  BackupToolProperties properties_;
};

}  // namespace pgrehearse
