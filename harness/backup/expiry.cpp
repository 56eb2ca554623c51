#include "harness/backup/expiry.hpp"

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace pgrehearse {

std::string text_of(const Removal& removal) {
  return fmt::format("expired {} {}", removal.kind, removal.name);
}

void remove_base_backup(Instance& instance, const std::string& volume, const std::string& id) {
  const std::string folder = instance.path_of_volume(volume) + "/" + id;
  exec_or_throw(instance, {.argv = {"rm", "-f", "--", folder + "/backup_manifest"}});
  exec_or_throw(instance, {.argv = {"rm", "-rf", "--", folder}});
}

void expire(const Retention& retention, Instance& instance, const std::string& archive_volume,
    const SetRemover& remove, const RemovalLog& log) {
  for (auto id = retention.expired.rbegin(); id != retention.expired.rend(); ++id) {
    log({"set", *id});
    remove(*id);
  }
  const std::string folder = instance.path_of_volume(archive_volume);
  std::vector<std::string> remove_files{"rm", "-f", "--"};
  for (const std::string& name : lines_of(exec_or_throw(instance, {.argv = {"ls", folder}}).out)) {
    if (!retention.needs(name)) {
      log({"archived file", name});
      remove_files.push_back(fmt::format("{}/{}", folder, name));
    }
  }
  if (remove_files.size() > 3) {
    exec_or_throw(instance, {.argv = remove_files});
  }
}

}  // namespace pgrehearse
