#include "harness/backup/backup_tool.hpp"

#include <fmt/format.h>

#include "harness/backup/tool_cannot.hpp"

namespace pgrehearse {

std::string_view name_of(BackupKind kind) {
  switch (kind) {
    case BackupKind::full:
      return "full";
    case BackupKind::diff:
      return "diff";
    case BackupKind::incr:
      return "incr";
  }
  return "full";
}

ServerSettings archive_settings(
    const Archive& witness, const BackupTool& tool, const Instance& source) {
  ServerSettings settings = witness.source_settings(source);
  const std::string more = tool.archive_command(source);
  for (auto& [name, value] : settings) {
    if (name == "archive_command" && !more.empty()) {
      value += " && " + more;
    }
  }
  return settings;
}

void refuse(const BackupTool& tool, const std::string& what) {
  throw ToolCannot{ErrorCode::refused, fmt::format("{} cannot {}", tool.properties().name, what),
      "docs/drill-yaml.md, section backup, says what each tool can."};
}

}  // namespace pgrehearse
