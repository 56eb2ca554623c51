// The backup tool of a subject, as drill.yaml describes it.
#pragma once

#include "harness/backup/make_backup_tool.hpp"
#include "harness/drill/subject.hpp"

namespace pgrehearse {

/// `env` is what scripts are told beside their task.
[[nodiscard]] BackupToolConfig backup_tool_of(const Subject& subject, std::vector<EnvVar> env = {});

}  // namespace pgrehearse
