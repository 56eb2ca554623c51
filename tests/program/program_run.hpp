// The real program, started as a child that can be watched, signalled and read.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "harness/base/time.hpp"
#include "harness/process/spawn.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {

/// One variable for the child on top of the sandbox' environment.
struct Variable {
  std::string name;
  std::string value;
};

class [[nodiscard]] ProgramRun {
 public:
  /// Starts `pgrehearse <arguments>` with the sandbox as working folder. Its output goes to files.
  ProgramRun(Sandbox& sandbox, std::vector<std::string> arguments,
      const std::vector<Variable>& variables = {});
  /// Ends it if it still runs: first kindly, so that it can remove what it made.
  ~ProgramRun();
  ProgramRun(const ProgramRun&) = delete;
  ProgramRun& operator=(const ProgramRun&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Waits that long at most; true when the program has ended.
  [[nodiscard]] bool ends_within(Milliseconds patience);
  /// Waits for the end. 128+n when signal n killed it. Throws Error{timed_out} after `patience`.
  int status(Milliseconds patience = Milliseconds{300'000});
  /// To the program alone, not to its group: what is left of it is what is tested.
  void signal(int number) const;

  [[nodiscard]] std::string out() const;
  [[nodiscard]] std::string err() const;

 private:
  void reap();

  std::filesystem::path out_;
  std::filesystem::path err_;
  pid_t pid_ = -1;
  OwnedFd end_ = {};  ///< readable once it has ended
  bool ended_ = false;
  int status_ = -1;
};

/// The arguments of a short drill of the sandbox' subject.
[[nodiscard]] std::vector<std::string> short_drill(
    const Sandbox& sandbox, const std::string& engine, const std::filesystem::path& report_dir);

/// Waits until the record in this folder has this many steps, the last of them under way. Throws
/// Error{program_failed} when the program ends before that.
void await_step(ProgramRun& program, const std::filesystem::path& report_dir, std::size_t steps);

/// Why xmllint refuses the file; empty when it is well-formed.
[[nodiscard]] std::string malformation_of(const std::filesystem::path& xml);

/// What JUnit XML names as attachments.
[[nodiscard]] std::vector<std::string> attachments_in(const std::filesystem::path& xml);

/// Those of them that are not there, as seen from this working folder; "none at all" when nothing
/// is named.
[[nodiscard]] std::vector<std::string> attachments_amiss(
    const std::filesystem::path& folder, const std::filesystem::path& xml);

}  // namespace pgrehearse
