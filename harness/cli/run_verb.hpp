// The verbs `run` and `prove`: one invocation from its guard to its reports.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/drill/record.hpp"
#include "harness/drill/run.hpp"
#include "harness/report/junit.hpp"

namespace pgrehearse {

struct RunRequest {
  std::filesystem::path subject;  ///< drill.yaml
  std::string engine = "auto";
  std::string image = {};
  std::filesystem::path report_dir = {};  ///< empty: reports/out/<run-id>
  std::string filter = "*";               ///< GoogleTest's, unless gtest_arguments carry their own
  std::vector<std::string> gtest_arguments = {};
  JunitDialect dialect = JunitDialect::superset;
  bool colour = false;
  bool live = false;       ///< standard output is a terminal
  bool sabotages = false;  ///< prove: print the kill score
  std::optional<int> writers = {};
  std::optional<int> scale = {};
  std::optional<bool> pooled = {};
  std::optional<std::int64_t> seed = {};
  RunOptions options = {};
  std::vector<SettingRecord> settings = {};  ///< effective values and their sources
};

/// Returns the exit status. Throws only what happens before the run exists: wrong configuration.
[[nodiscard]] int run_drills(const RunRequest& request);

}  // namespace pgrehearse
