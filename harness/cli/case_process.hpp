// One case of a run, in a process of its own.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/cli/run_request.hpp"
#include "harness/process/background.hpp"

namespace pgrehearse {

/// A gtest case that is to run.
struct CaseName {
  std::string suite;
  std::string test;

  [[nodiscard]] std::string text() const { return suite + "." + test; }
  friend bool operator==(const CaseName&, const CaseName&) = default;
};

/// What GoogleTest's own list of tests names.
[[nodiscard]] std::vector<CaseName> cases_in(std::string_view listing);
/// The cases that this request selects, in the order of the program. Throws Error{program_failed}.
[[nodiscard]] std::vector<CaseName> selected_cases(const RunRequest& request);

class [[nodiscard]] CaseProcess {
 public:
  /// Starts the program once more for this case alone. Its reports lie in `folder`, which must be
  /// new, and what it prints in a file beside that. Throws Error{program_failed}.
  CaseProcess(const RunRequest& request, CaseName name, const std::filesystem::path& folder);

  [[nodiscard]] const CaseName& name() const { return name_; }
  [[nodiscard]] bool ended() { return process_.ended().has_value(); }
  [[nodiscard]] std::chrono::nanoseconds running_for() const { return SteadyTime::now() - began_; }
  /// To the program alone: it ends what it started itself.
  void signal(int number) const;
  /// Of an ended one. Nothing when it left none that can be read.
  [[nodiscard]] std::optional<RunRecord> record() const;
  /// Of an ended one: 128+n when signal n ended it.
  [[nodiscard]] int status() { return process_.ended().value_or(-1); }

 private:
  CaseName name_;
  std::filesystem::path folder_;
  SteadyTime began_ = SteadyTime::now();
  Background process_;
};

}  // namespace pgrehearse
