// What a person sees while a drill runs: one line per step with its time. On a terminal the step
// that is under way shows first and is then overwritten; in a log every line is written once, when
// it is done.
#pragma once

#include <chrono>
#include <cstdio>
#include <string_view>

namespace pgrehearse {

class Progress {
 public:
  /// `out` is not owned. `live`: a terminal that understands carriage returns.
  explicit Progress(std::FILE* out, bool live) : out_(out), live_(live) {}

  void drill_begins(std::string_view scenario, std::string_view test);
  void step_begins(std::string_view title);
  void step_ends(std::string_view title, std::chrono::nanoseconds took, bool failed);
  void note(std::string_view text);

 private:
  std::FILE* out_;
  bool live_;
};

}  // namespace pgrehearse
