// A question put to a restored database. Asking never throws: what could not be asked is unknown.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/check/finding.hpp"
#include "harness/drill/restored.hpp"

namespace pgrehearse {

/// `ask` may give several findings (one per kind of fact). A throw inside makes one unknown finding
/// under the name `check`; so does an empty answer.
struct Question {
  std::string check;             ///< name of the finding when it could not be asked
  std::string sentence;          ///< for people
  std::string phase = "verify";  ///< phase of the recovery time that asking belongs to
  std::function<std::vector<Finding>(Restored&)> ask;
};

/// Asks, and turns whatever goes wrong into an unknown finding with the reason.
[[nodiscard]] std::vector<Finding> answers_to(const Question& question, Restored& restored);

}  // namespace pgrehearse
