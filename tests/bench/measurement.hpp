// What every bench says about its numbers: all of them, and the median, because two cores shared
// with others make single readings worthless.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.hpp"

namespace pgrehearse {

/// The middle value; of an even number of values, the mean of the two in the middle. Not of none.
[[nodiscard]] double median(std::vector<double> values);
/// "12.31 (11.98 12.31 12.60)": the median, then every value in the order in which it was measured.
[[nodiscard]] std::string all_of(const std::vector<double>& values);
/// Seconds from `begin` until now.
[[nodiscard]] double seconds_since(SteadyTime begin);

/// --name=VALUE or --name VALUE of a bench's command line.
class Arguments {
 public:
  Arguments(int count, char** values);
  /// The value given, else `otherwise`. Throws Error{bad_config} when a name has no value.
  [[nodiscard]] std::string text(std::string_view name, std::string_view otherwise);
  /// The numbers of a list like "1,50", each at least 1. Throws Error{bad_config}.
  [[nodiscard]] std::vector<int> numbers(std::string_view name, std::string_view otherwise);
  /// Throws Error{bad_config} when something was given that nobody asked for.
  void demand_nothing_left() const;

 private:
  std::vector<std::string> words_;
};

/// What a bench's main does: runs it, and says what went wrong. Status 2 then, 128+n after signal
/// n.
int run_bench(int count, char** values, int (*bench)(Arguments));

}  // namespace pgrehearse
