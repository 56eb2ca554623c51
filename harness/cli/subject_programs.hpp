// The programs of this host that one drill.yaml needs: what its commands call, and what opens its
// own backup.
#pragma once

#include <string>
#include <vector>

#include "harness/drill/subject.hpp"

namespace pgrehearse {

struct NeededProgram {
  std::string name;      ///< "alembic"
  std::string what_for;  ///< "drill.yaml's 'migrate' calls it"
  std::string cure;      ///< "apt-get install alembic"
};

/// Each once, in the order of docs/drill-yaml.md. Of shell text, programs that somebody has to
/// install are found, not those that every host has, nor scripts of the team's own. Reads the
/// beginning of the own backup that a drill would take, where it lies on this host.
[[nodiscard]] std::vector<NeededProgram> programs_needed_by(const Subject& subject);

}  // namespace pgrehearse
