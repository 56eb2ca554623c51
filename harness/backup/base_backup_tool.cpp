#include "harness/backup/base_backup_tool.hpp"

#include <algorithm>
#include <utility>

#include "harness/backup/base_backup.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {

BaseBackupTool::BaseBackupTool(Archive archive, std::string volume, std::string checkpoint)
    : archive_(std::move(archive)),
      volume_(std::move(volume)),
      checkpoint_(std::move(checkpoint)),
      properties_{.name = "pg_basebackup",
          .uses_witness_archive = true,
          .needs = {"pg_basebackup", "pg_verifybackup"},
          .package = "postgresql-15"} {}

std::string BaseBackupTool::archive_command(const Instance&) const {
  return {};  // the witness archive is its own
}

void BaseBackupTool::prepare(Cluster&) {}

BackupSet BaseBackupTool::take(Cluster& source, const TakeRequest& request) {
  if (request.kind != BackupKind::full) {
    refuse(*this, "take an incremental backup of Postgres 15");
  }
  return take_base_backup(source, volume_, request.id, checkpoint_);
}

// pg_basebackup gives the manifest its name when all else is there, and removes what it left
// unfinished. By time of the manifest, because names count "full-10" before "full-2".
std::vector<std::string> BaseBackupTool::list(Instance& instance) {
  const std::string folder = instance.path_of_volume(volume_);
  const Completed found =
      exec_or_throw(instance, {.argv = {"find", folder, "-mindepth", "2", "-maxdepth", "2", "-name",
                                   "backup_manifest", "-printf", "%T@ %P\n"}});
  std::vector<std::pair<double, std::string>> sets;
  for (const std::string& line : lines_of(found.out)) {
    const std::size_t space = line.find(' ');
    sets.emplace_back(
        std::stod(line.substr(0, space)), line.substr(space + 1, line.rfind('/') - space - 1));
  }
  std::sort(sets.begin(), sets.end());
  std::vector<std::string> labels;
  labels.reserve(sets.size());
  for (auto& [time, label] : sets) {
    labels.push_back(std::move(label));
  }
  return labels;
}

BackupVerification BaseBackupTool::verify(Instance& instance, const BackupSet& set) {
  return verify_base_backup(instance, set);
}

RestoredFiles BaseBackupTool::restore(
    Instance& instance, const BackupSet& set, const RecoveryTarget& target) {
  restore_base_backup(instance, set);
  put_file(instance, instance.path_of(Place::data) + "/recovery.signal", "");
  RestoredFiles files{.settings = archive_.restore_settings(instance),
      .served_record = archive_.served_record(instance)};
  for (auto& setting : recovery_settings(target, set.timeline)) {
    files.settings.push_back(std::move(setting));
  }
  return files;
}

std::vector<std::string> BaseBackupTool::load(Cluster&, const BackupSet&) {
  refuse(*this, "load a set into a running server");
}

}  // namespace pgrehearse
