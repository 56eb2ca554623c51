// A program to run, and what came of it.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/secret.hpp"
#include "harness/base/time.hpp"

namespace pgrehearse {

/// One environment variable for the child. The value is a Secret because many are: it goes into the
/// child's environment only, never into its command line.
struct EnvVar {
  std::string name;
  Secret value;
};

/// A system account to run as, when the harness is root and the program must not be.
struct Account {
  std::string name;
  unsigned uid = 0;
  unsigned gid = 0;
};

/// Never put a secret into `argv`: every process list shows it.
struct Program {
  std::vector<std::string> argv;          ///< argv[0] is looked up in PATH when it has no slash
  std::vector<EnvVar> env = {};           ///< added to (or replacing) the harness' own environment
  std::optional<std::string> input = {};  ///< standard input; without it, /dev/null
  /// Instead of `input`: a file of this host, for what may be larger than memory.
  std::filesystem::path input_file = {};
  /// A new file of this host (0600) takes standard output; `out` stays empty then.
  std::filesystem::path output_file = {};
  std::filesystem::path cwd = {};                ///< empty: the harness' own
  std::optional<Account> account = {};           ///< empty: the harness' own
  Milliseconds deadline = Milliseconds{60'000};  ///< then SIGTERM to its whole group, then SIGKILL
};

/// How a program ended. A status other than 0 is a value, not an exception: the caller decides.
struct Completed {
  int status = -1;         ///< exit status; 128+n when a signal ended it
  bool timed_out = false;  ///< the deadline ended it
  std::string out = {};    ///< standard output, whole
  std::string err = {};    ///< standard error, whole
  std::chrono::nanoseconds took{0};

  [[nodiscard]] bool ok() const { return status == 0 && !timed_out; }
};

}  // namespace pgrehearse
