#include "harness/drill/progress.hpp"

#include <fmt/format.h>

#include "harness/base/time.hpp"

namespace pgrehearse {

void Progress::drill_begins(std::string_view scenario, std::string_view test) {
  fmt::print(out_, "drill {}: {}\n", scenario, test);
  std::fflush(out_);
}

void Progress::step_begins(std::string_view title) {
  if (live_) {
    fmt::print(out_, "     ...  {}", title);
    std::fflush(out_);
  }
}

void Progress::step_ends(std::string_view title, std::chrono::nanoseconds took, bool failed) {
  fmt::print(out_, "{}{:>10}  {}{}\n", live_ ? "\r\x1b[K" : "", readable(took), title,
      failed ? "  FAILED" : "");
  std::fflush(out_);
}

void Progress::note(std::string_view text) {
  fmt::print(out_, "{:>10}  {}\n", "", text);
  std::fflush(out_);
}

}  // namespace pgrehearse
