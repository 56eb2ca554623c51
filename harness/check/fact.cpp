#include "harness/check/fact.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

namespace pgrehearse {
namespace {

bool is_named_before(const Fact* left, const Fact* right) {
  return left->name < right->name;
}

// Where they lie, by name: copies of a hundred thousand facts would be most of what a drill holds.
std::vector<const Fact*> of_kind(const Facts& facts, FactKind kind) {
  std::vector<const Fact*> found;
  for (const Fact& fact : facts) {
    if (fact.kind == kind) {
      found.push_back(&fact);
    }
  }
  std::sort(found.begin(), found.end(),
      [](const Fact* left, const Fact* right) { return *left < *right; });
  return found;
}

struct Position {
  long long at = 0;
  bool descends = false;
  bool behind = false;  // a column that it feeds
};

// "1042 +", "-7 -", "1042 + behind its column": the sign is the one of its step.
std::optional<Position> position_in(std::string_view text) {
  Position position;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), position.at);
  if (error != std::errc{}) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  position.behind = text.ends_with(behind_its_column);
  position.descends = text.starts_with(" -");
  return position;
}

bool is_not_behind(const std::string& expected, const std::string& observed) {
  const std::optional<Position> wanted = position_in(expected);
  const std::optional<Position> seen = position_in(observed);
  if (!wanted || !seen || wanted->descends != seen->descends || (seen->behind && !wanted->behind)) {
    return false;
  }
  return seen->descends ? seen->at <= wanted->at : seen->at >= wanted->at;
}

bool agree(FactKind kind, const std::string& expected, const std::string& observed) {
  return expected == observed || (kind == FactKind::sequences && is_not_behind(expected, observed));
}

}  // namespace

std::string_view name_of(FactKind kind) {
  switch (kind) {
    case FactKind::rows:
      return "rows";
    case FactKind::content:
      return "content";
    case FactKind::sequences:
      return "sequences";
    case FactKind::schema:
      return "schema";
    case FactKind::roles:
      return "roles";
    case FactKind::extensions:
      return "extensions";
    case FactKind::server:
      return "server";
  }
  return "schema";
}

FactDiff compare(const Facts& expected, const Facts& observed, FactKind kind) {
  const std::vector<const Fact*> wanted = of_kind(expected, kind);
  const std::vector<const Fact*> seen = of_kind(observed, kind);
  FactDiff diff;
  auto next = seen.begin();
  for (const Fact* fact : wanted) {
    for (; next != seen.end() && is_named_before(*next, fact); ++next) {
      diff.extra.push_back((*next)->name);
    }
    if (next == seen.end() || is_named_before(fact, *next)) {
      diff.missing.push_back(fact->name);
    } else if (!agree(kind, fact->value, (*next++)->value)) {
      diff.different.push_back(fact->name);
    }
  }
  std::transform(next, seen.end(), std::back_inserter(diff.extra),
      [](const Fact* fact) { return fact->name; });
  diff.compared = wanted.size() + diff.extra.size();
  return diff;
}

}  // namespace pgrehearse
