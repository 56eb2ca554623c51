// Barman 3.4 beside the server it backs up: backup_method = postgres, WAL pushed into its incoming
// folder, its home in the backups volume. No ssh, no cron.
//
// Nothing of /etc/barman.conf is read: every instance gets configurations of its own in its scratch
// folder, where locks and log lie too. `barman backup --wait` moves the WAL that has come into the
// catalogue, as Barman's cron does each minute in production; what comes later waits in the
// incoming folder, where `barman get-wal` finds it too.
//
// Restored instances only read the repository, and `barman recover` begins by moving incoming WAL.
// So it is given a configuration with an incoming folder of its own, which is empty. It recovers
// with get-wal, because the other way copies the WAL at once and in 3.4 has two holes (seen in its
// source, barman/server.py and recovery_executor.py): with a target time it stops at the first file
// that is newer, whether or not a commit follows in it, and without a target it leaves no
// recovery.signal, so that the server replays without a new timeline.
#pragma once

#include <set>

#include "harness/backup/backup_tool.hpp"
#include "harness/base/secret.hpp"

namespace pgrehearse {

struct BarmanOptions {
  std::string checkpoint = "fast";  ///< or "spread", which is Barman's own default
};

class BarmanTool : public BackupTool {
 public:
  BarmanTool(std::string volume, BarmanOptions options);

  [[nodiscard]] const BackupToolProperties& properties() const override { return properties_; }
  /// rsync into the incoming folder, as Barman's manual has it, but flushed to disk.
  [[nodiscard]] std::string archive_command(const Instance& source) const override;
  /// switch-wal --archive, without which check and backup refuse a new server, then check.
  void prepare(Cluster& source) override;
  [[nodiscard]] BackupSet take(Cluster& source, const TakeRequest& request) override;
  [[nodiscard]] std::vector<std::string> list(Instance& instance) override;
  /// verify-backup, which is pg_verifybackup: files of the set, not the WAL beside it.
  [[nodiscard]] BackupVerification verify(Instance& instance, const BackupSet& set) override;
  /// Verifies first: `barman recover` restores damaged sets and exits 0. It writes recovery.signal,
  /// the target and restore_command itself; in the latter we put the path of the configuration.
  RestoredFiles restore(
      Instance& instance, const BackupSet& set, const RecoveryTarget& target) override;
  std::vector<std::string> load(Cluster& target, const BackupSet& set) override;

 private:
  [[nodiscard]] std::string home(const Instance& instance) const;
  [[nodiscard]] std::string incoming(const Instance& instance) const;
  [[nodiscard]] std::string configuration(
      const Instance& instance, const std::string& account, const std::string& incoming) const;
  void configure(Instance& instance);

  std::string volume_;
  BarmanOptions options_;
  BackupToolProperties properties_;
  std::set<std::string> configured_;  ///< names of instances
};

}  // namespace pgrehearse
