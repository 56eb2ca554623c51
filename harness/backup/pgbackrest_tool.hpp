// pgBackRest 2.45, its repository in the backups volume, encrypted by its own cipher.
//
// Nothing of /etc/pgbackrest.conf is read: every instance gets a configuration of its own in its
// scratch folder, where its locks, logs and spool lie too. The passphrase stands in that file (mode
// 0600, gone with the instance) and in no command line. A backup that failed halfway is resumed by
// the next one; one that was whole when only the catalogue could not be written is listed after it.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "harness/backup/backup_tool.hpp"
#include "harness/backup/retention.hpp"
#include "harness/base/secret.hpp"

namespace pgrehearse {

struct PgbackrestOptions {
  std::optional<Secret> passphrase = {};        ///< none: no encryption
  std::string checkpoint = "fast";              ///< or "spread"
  std::map<std::string, std::string> own = {};  ///< options of pgBackRest, as its file has them
};

class PgbackrestTool : public BackupTool {
 public:
  PgbackrestTool(std::string volume, PgbackrestOptions options);

  [[nodiscard]] const BackupToolProperties& properties() const override { return properties_; }
  /// archive-push of pgBackRest itself, not asynchronous.
  [[nodiscard]] std::string archive_command(const Instance& source) const override;
  /// stanza-create, then check.
  void prepare(Cluster& source) override;
  [[nodiscard]] BackupSet take(Cluster& source, const TakeRequest& request) override;
  [[nodiscard]] std::vector<std::string> list(Instance& instance) override;
  [[nodiscard]] BackupVerification verify(Instance& instance, const BackupSet& set) override;
  /// pgBackRest writes restore_command, the target and recovery.signal itself.
  RestoredFiles restore(
      Instance& instance, const BackupSet& set, const RecoveryTarget& target) override;
  std::vector<std::string> load(Cluster& target, const BackupSet& set) override;

  /// Its sets by their labels, each with the one it builds on. Throws as list() does.
  [[nodiscard]] std::vector<CataloguedSet> catalogue(Instance& instance);
  /// Removes one set, and with it every set that builds on it: that is how pgBackRest keeps its
  /// repository whole. The last full one stays. WAL stays, too. Throws Error{program_failed}.
  void remove(Instance& instance, const std::string& label);

 private:
  [[nodiscard]] std::string configuration(const Instance& instance) const;
  void configure(Instance& instance);
  [[nodiscard]] Completed call(
      Instance& instance, std::vector<std::string> words, const Secret& password = Secret{}) const;

  std::string volume_;
  PgbackrestOptions options_;
  BackupToolProperties properties_;
  std::set<std::string> configured_;  ///< names of instances
};

}  // namespace pgrehearse
