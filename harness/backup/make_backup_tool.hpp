// From what drill.yaml says to the tool that does it: the one place that knows all of them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "harness/backup/backup_scripts.hpp"
#include "harness/backup/backup_tool.hpp"
#include "harness/engine/engine.hpp"

namespace pgrehearse {

struct BackupToolConfig {
  std::string tool = "pg_basebackup";
  std::map<std::string, std::string> settings = {};  ///< the tool's own
  BackupScripts scripts = {};                        ///< of the tool `command`
};

/// Where a tool works: volumes of the source's instance, and a folder of this host.
struct BackupPlaces {
  std::string archive;  ///< the witness archive
  std::string backups;
  std::filesystem::path artifacts = {};  ///< made when first needed
};

/// Throws Error{bad_config} for an unknown tool, an unknown setting or a value it does not have,
/// and when a setting names an environment variable that is not set.
[[nodiscard]] std::unique_ptr<BackupTool> make_backup_tool(
    const BackupToolConfig& config, const BackupPlaces& places);

/// The kind of set that a drill restores from: the setting `type`. Other than full only where the
/// tool is incremental.
[[nodiscard]] BackupKind kind_wanted(const BackupToolConfig& config);

/// Throws Error{bad_config} when the tool cannot work on this engine, or when one of its programs
/// is not inside its instances. Makes an instance and removes it, to look.
void demand_usable(const BackupTool& tool, Engine& engine);

}  // namespace pgrehearse
