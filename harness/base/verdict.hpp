// Three answers, because "we do not know" is not "it is fine".
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

namespace pgrehearse {

/// Ordered: the worst wins. A verdict starts as unknown, and only evidence moves it.
enum class Verdict { met, unknown, missed };

[[nodiscard]] constexpr Verdict worst(Verdict left, Verdict right) {
  return std::max(left, right);
}

[[nodiscard]] constexpr std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::met:
      return "met";
    case Verdict::unknown:
      return "unknown";
    case Verdict::missed:
      return "missed";
  }
  return "unknown";
}

[[nodiscard]] constexpr std::optional<Verdict> verdict_named(std::string_view name) {
  for (const Verdict verdict : {Verdict::met, Verdict::unknown, Verdict::missed}) {
    if (name == name_of(verdict)) {
      return verdict;
    }
  }
  return std::nullopt;
}

}  // namespace pgrehearse
