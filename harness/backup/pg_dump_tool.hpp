// pg_dump of one database, pg_dumpall of what belongs to the whole cluster.
//
// A dump holds what one snapshot saw: it goes back to that moment and to no other. Postgres' own
// programs take half a plain or tar file for a whole one (a plain file cut inside a COPY loads with
// status 0), so a set of any format carries our list of digests, and only bytes that it vouches for
// are loaded.
#pragma once

#include "harness/backup/backup_tool.hpp"

namespace pgrehearse {

enum class DumpFormat { custom, directory, plain, tar };

struct DumpOptions {
  DumpFormat format = DumpFormat::custom;
  int jobs = 1;  ///< of the directory format, and of loading that and custom
  bool role_passwords =
      true;  ///< keep the verifiers; without them nobody but the superuser logs in
};

class PgDumpTool : public BackupTool {
 public:
  PgDumpTool(std::string volume, DumpOptions options);

  [[nodiscard]] const BackupToolProperties& properties() const override { return properties_; }
  [[nodiscard]] std::string archive_command(const Instance& source) const override;
  void prepare(Cluster& source) override;
  [[nodiscard]] BackupSet take(Cluster& source, const TakeRequest& request) override;
  [[nodiscard]] std::vector<std::string> list(Instance& instance) override;
  /// Our digests, and pg_restore reading every byte (plain: the last line of a whole dump).
  [[nodiscard]] BackupVerification verify(Instance& instance, const BackupSet& set) override;
  RestoredFiles restore(
      Instance& instance, const BackupSet& set, const RecoveryTarget& target) override;
  /// Roles and their grants first, then the database with its settings, then ANALYZE, because a
  /// dump holds no statistics. One error ends it.
  std::vector<std::string> load(Cluster& target, const BackupSet& set) override;

 private:
  std::string volume_;
  DumpOptions options_;
  BackupToolProperties properties_;
};

}  // namespace pgrehearse
