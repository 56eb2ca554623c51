#include "harness/drill/backup_plan.hpp"

#include <utility>

namespace pgrehearse {
namespace {

std::vector<std::string> argv_of(const std::optional<Command>& command) {
  return command ? command->argv : std::vector<std::string>{};
}

}  // namespace

BackupToolConfig backup_tool_of(const Subject& subject, std::vector<EnvVar> env) {
  const BackupSpec& spec = subject.backup;
  BackupToolConfig config{.tool = spec.tool, .settings = spec.settings};
  config.scripts = {.take = argv_of(spec.take),
      .restore = argv_of(spec.restore),
      .list = argv_of(spec.list),
      .verify = argv_of(spec.verify),
      .archive = spec.archive,
      .physical = spec.physical,
      .folder = subject.folder,
      .env = std::move(env)};
  if (spec.take) {
    config.scripts.deadline = spec.take->deadline;
  }
  return config;
}

}  // namespace pgrehearse
