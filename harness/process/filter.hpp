// A program between a file and us: it turns one stream of bytes into another, of any size, piece by
// piece. What it needs to keep to itself reaches it through a pipe, never through its arguments,
// its environment or a file.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/process/program.hpp"
#include "harness/process/spawn.hpp"

namespace pgrehearse {

struct FilterRequest {
  std::vector<std::string> argv;  ///< argv[0] is looked up in PATH when it has no slash
  int input = -1;                 ///< a file it reads; without one, what write() gives it
  int output = -1;                ///< a file it writes; without one, read() has it
  Secret secret = {};             ///< what it finds in /dev/fd/3, once; at most 4096 bytes
  /// How long it may keep us waiting, each time. A slow caller costs it nothing.
  Milliseconds patience = Milliseconds{60'000};
};

/// Runs with PATH for its whole environment. Ended and collected at the end of scope.
class [[nodiscard]] Filter {
 public:
  /// Throws Error{program_failed} when it could not be started.
  explicit Filter(const FilterRequest& request);
  ~Filter();
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  /// Gives it the next bytes. One that has ended or does not want them loses them: end() tells.
  /// Where it has neither file, write no more than 4096 bytes before end_of_input().
  /// This and read() throw Error{timed_out} and Error{interrupted}.
  void write(std::string_view bytes);
  void end_of_input() { in_.reset(); }
  /// Its next bytes, at most so many; 0 at the end of its output.
  [[nodiscard]] std::size_t read(char* room, std::size_t bytes);

  /// Waits for its end, which is a value; `out` stays empty. Call it once.
  [[nodiscard]] Completed end();

 private:
  void wait_for(int fd, short event, SteadyTime since);
  void keep_its_words();

  std::string name_;
  Milliseconds patience_;
  SteadyTime begin_;
  pid_t pid_ = -1;  // -1 once it is collected
  OwnedFd ended_;
  OwnedFd in_;
  OwnedFd out_;
  OwnedFd err_;
  std::string words_;
};

}  // namespace pgrehearse
