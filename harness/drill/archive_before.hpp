// The source's archive as it was before the first restore of a drill, and what the newest restore
// needs of it.
#pragma once

#include "harness/backup/archive_audit.hpp"

namespace pgrehearse {

struct ArchiveBefore {
  SurveyedArchive archive = {};
  ArchiveNeed need = {};
};

}  // namespace pgrehearse
