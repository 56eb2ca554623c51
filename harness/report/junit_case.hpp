// What one testcase says, before anybody thinks of angle brackets.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// A failure, an error or a skip. Raw text: escaping is the writer's business.
struct JunitProblem {
  std::string type;     ///< "drill.content", "drill.rto", "drill.not-finished"
  std::string message;  ///< one line
  std::string text = {};
};

struct JunitCase {
  std::string suite;
  std::string name;
  std::string file = {};
  int line = 0;
  double seconds = 0;
  std::string begin = {};
  std::vector<std::pair<std::string, std::string>> facts = {};  ///< "rto_seconds" -> "12.5"
  std::vector<std::string> attachments = {};                    ///< paths
  std::vector<JunitProblem> failures = {};
  std::vector<JunitProblem> errors = {};   ///< at most one, and then no failure
  std::vector<JunitProblem> skipped = {};  ///< at most one, and then nothing else
  std::string system_err = {};
};

/// The cases of a run, in the order of its drills; suite + name are plain text and unique. Their
/// attachments are in the folder `evidence`.
[[nodiscard]] std::vector<JunitCase> junit_cases_of(
    const RunRecord& record, const std::filesystem::path& evidence = {});

}  // namespace pgrehearse
