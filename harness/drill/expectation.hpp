// What a check of drill.yaml expects its one value to be.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/base/verdict.hpp"

namespace pgrehearse {

enum class Comparison { equal, not_equal, less, at_most, more, at_least };
enum class Operand { truth, number, text, baseline };

/// Made by parse_expectation.
struct Expectation {
  Comparison comparison = Comparison::equal;
  Operand operand = Operand::truth;
  std::string value = {};  ///< "true", "3", the text without its quotes; empty for the baseline

  /// Numbers compare as numbers of any length, instants as instants, ISO dates and times without an
  /// offset in the order of their text. Unknown, never met, when there is no value (NULL), no
  /// baseline, or no order between the two ("abc" > 0).
  [[nodiscard]] Verdict holds(const std::optional<std::string>& observed,
      const std::optional<std::string>& baseline = std::nullopt) const;
};

/// Reads "true", "false", "'text'", or one of = != < <= > >= with a number, a quoted text or the
/// word baseline. Throws Error{bad_value}.
[[nodiscard]] Expectation parse_expectation(std::string_view text);

/// How two decimal numbers of any length compare ("-0.50" and "5e-1" are read too): below zero,
/// zero or above zero; nothing when one is not a number.
[[nodiscard]] std::optional<int> compare_numbers(std::string_view left, std::string_view right);

}  // namespace pgrehearse
