#include "harness/check/fact.hpp"

#include <charconv>
#include <map>

namespace pgrehearse {
namespace {

std::map<std::string, std::string> of_kind(const Facts& facts, FactKind kind) {
  std::map<std::string, std::string> found;
  for (const Fact& fact : facts) {
    if (fact.kind == kind) {
      found.emplace(fact.name, fact.value);
    }
  }
  return found;
}

// "position step-sign": "1042 +" is not behind "1001 +"; for a descending sequence it is the other
// way.
bool is_not_behind(const std::string& expected, const std::string& observed) {
  long long wanted = 0;
  long long seen = 0;
  const auto parse = [](const std::string& text, long long& into) {
    return std::from_chars(text.data(), text.data() + text.size(), into).ec == std::errc{};
  };
  if (!parse(expected, wanted) || !parse(observed, seen) || expected.back() != observed.back()) {
    return false;
  }
  return expected.back() == '-' ? seen <= wanted : seen >= wanted;
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
  const auto wanted = of_kind(expected, kind);
  const auto seen = of_kind(observed, kind);
  FactDiff diff;
  for (const auto& [name, value] : wanted) {
    const auto found = seen.find(name);
    if (found == seen.end()) {
      diff.missing.push_back(name);
    } else if (!agree(kind, value, found->second)) {
      diff.different.push_back(name);
    }
  }
  for (const auto& [name, value] : seen) {
    if (!wanted.contains(name)) {
      diff.extra.push_back(name);
    }
  }
  diff.compared = wanted.size() + diff.extra.size();
  return diff;
}

}  // namespace pgrehearse
