// What one invocation of `run` or `prove` was asked to do, before anything is made.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
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
  std::string base = {};                  ///< git ref; empty: the subject has no new migrations
  bool only_affected = false;  ///< gate: nothing is done where nothing it looks at has changed
  std::string filter = "*";    ///< GoogleTest's, unless gtest_arguments carry their own
  std::vector<std::string> gtest_arguments = {};
  /// Cases that drill.yaml leaves out, with the reason; a --gtest_filter of somebody's own wins.
  std::map<std::string, std::string> leave_out = {};
  std::vector<std::string> flags = {};  ///< ours, as they were given: "--engine=local"
  int jobs = 1;                         ///< cases at a time; more than one: a process for each
  JunitDialect dialect = JunitDialect::superset;
  bool colour = false;
  bool live = false;                        ///< what is told on the way goes to a terminal
  std::string notify_on = "never";          ///< "always", "red" or "never"
  std::filesystem::path metrics_file = {};  ///< empty: none
  std::string history = {};                 ///< s3://bucket/key; empty: none
  bool json = false;                        ///< standard output gets the record, and nothing else
  bool is_part = false;                     ///< a case of a run, which has swept before it
  bool sabotages = false;                   ///< prove: sabotages instead of scenarios
  bool whole_trial = false;                 ///< prove: all of them
  std::filesystem::path proof = {};         ///< a record of prove; empty: the one that was kept
  std::string tool = {};                    ///< backup tool; empty: drill.yaml's
  std::optional<int> writers = {};
  std::optional<int> scale = {};
  std::optional<bool> pooled = {};
  std::optional<std::int64_t> seed = {};
  RunOptions options = {};
  std::vector<SettingRecord> settings = {};  ///< effective values and their sources

  /// Where progress and summary go.
  [[nodiscard]] std::FILE* told() const { return json ? stderr : stdout; }
};

/// Hands GoogleTest its arguments. Throws Error{bad_config} for one that nobody knows.
void start_googletest(const RunRequest& request);

/// GoogleTest is asked for its list only.
[[nodiscard]] bool only_lists(const RunRequest& request);

/// The subject with what the request says on top. Throws Error{bad_config} for one that cannot be
/// drilled.
[[nodiscard]] Subject subject_of(const RunRequest& request);

}  // namespace pgrehearse
