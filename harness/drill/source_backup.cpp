// How a source takes its backups, and what of them is filed.
#include <fmt/format.h>

#include "harness/backup/tool_cannot.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/drill/source.hpp"

namespace pgrehearse {

Finding output_finding(const std::string& check, const std::vector<std::string>& complaints) {
  return {.check = check,
      .question = "does the backup tool finish without a warning?",
      .expected = "no line of level ERROR or WARNING",
      .observed = fmt::format("{} of them", complaints.size()),
      .verdict = complaints.empty() ? Verdict::met : Verdict::missed,
      .details = complaints};
}

BackupSet Source::take_full_backup() {
  const BackupKind kind = kind_wanted(backup_tool_of(run_.subject));
  if (kind != BackupKind::full && backups_taken_ == 0) {
    static_cast<void>(take_backup(BackupKind::full, {}));
  }
  return take_backup(kind, {});
}

BackupSet Source::take_backup(BackupKind kind, const std::string& snapshot) {
  BackupSet set =
      tool_->take(cluster_, {.id = fmt::format("{}-{}", name_of(kind), ++backups_taken_),
                                .kind = kind,
                                .database = run_.subject.database,
                                .snapshot = snapshot});
  const BackupVerification verified = tool_->verify(cluster_.instance(), set);
  record_.backup = fmt::format("{} {}", tool_->properties().name, set.id);
  if (set.label != set.id) {
    record_.facts["backup label"] = set.label;
  }
  if (set.bytes > 0) {
    record_.facts["backup bytes"] = fmt::format("{}", set.bytes);
  }
  if (set.files > 0) {
    record_.facts["backup files"] = fmt::format("{}", set.files);
  }
  file_({.check = "backup-verified",
      .question = "is the backup set what was written?",
      .expected = verified.by,
      .observed = !verified.usable ? verified.problem
                  : set.digest_list.empty()
                      ? "it is"
                      : "it is; a digest of every file is kept for the restore",
      .verdict = verified.usable ? Verdict::met : Verdict::missed});
  if (!verified.usable) {
    throw Error{ErrorCode::backup_unusable,
        "the backup just taken does not verify: " + verified.problem,
        "Do not trust the storage it was written to."};
  }
  if (!tool_->properties().uses_witness_archive) {
    file_(output_finding("backup-output", set.complaints));
  }
  heartbeats_.backup_taken();
  return set;
}

const BackupSet& Source::dump_at(const RecoveryTarget& target) const {
  const auto* name = std::get_if<AtName>(&target);
  const auto dump = name == nullptr ? dumps_.end() : dumps_.find(name->restore_point);
  if (dump == dumps_.end()) {
    throw ToolCannot{ErrorCode::refused,
        fmt::format("{} goes back to the moment of a dump and to no other: {} cannot be reached",
            tool_->properties().name, text_of(target)),
        "Leave this case out with --gtest_filter, or back up with a tool that recovers to a point "
        "in time."};
  }
  return dump->second;
}

const BackupSet& Source::restorable(const BackupSet& set, const RecoveryTarget& target) const {
  return tool_->properties().physical ? set : dump_at(target);
}

std::map<std::string, std::string> Source::archived_files() const {
  Instance& instance = cluster_.instance();
  const BackupToolProperties& properties = tool_->properties();
  if (properties.uses_witness_archive || !properties.point_in_time) {
    return archive_.listing(instance);
  }
  std::map<std::string, std::string> files;
  for (const std::string& path : recovery_copies_of("")) {
    const Completed sum = exec_or_throw(instance, {.argv = {"sha256sum", "--", path}});
    files.emplace(path.substr(path.rfind('/') + 1, 24), sum.out.substr(0, 64));
  }
  return files;
}

// Tools keep segments under their own names, some with a digest or a suffix behind.
std::vector<std::string> Source::recovery_copies_of(const std::string& segment) const {
  const bool ours = tool_->properties().uses_witness_archive;
  Instance& instance = cluster_.instance();
  const std::string pattern = segment.empty() ? "[0-9A-F]{24}" : segment;
  const Completed found = exec_or_throw(instance,
      {.argv = {"find", instance.path_of_volume(ours ? volumes_.archive : volumes_.backups),
           "-type", "f", "-regextype", "posix-extended", "-regex",
           fmt::format(".*/{}([-.][0-9a-z.-]*)?", pattern), "!", "-name", "*.backup"}});
  return lines_of(found.out);
}

}  // namespace pgrehearse
