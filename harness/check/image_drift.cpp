#include "harness/check/image_drift.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view extension = ": extension ";
constexpr std::string_view members = ": members of ";
constexpr std::string_view collation = ": collation ";

bool is_named(const Fact& fact, FactKind kind, std::string_view what) {
  return fact.kind == kind && fact.name.find(what) != std::string::npos;
}

// Version, schema, and what else the catalog says, as the text of a row.
bool only_another_version(const Fact& then, const Fact& now) {
  const std::vector<std::string> was = split(then.value, ',');
  const std::vector<std::string> is = split(now.value, ',');
  return was.size() > 1 && is.size() > 1 && was[0] != is[0] && was[1] == is[1];
}

// The recorded version and that of the library are the last two.
bool only_another_library(const Fact& then, const Fact& now) {
  std::vector<std::string> was = split(then.value, ',');
  std::vector<std::string> is = split(now.value, ',');
  if (was.size() != is.size() || was.size() < 3) {
    return false;
  }
  was.resize(was.size() - 2);
  is.resize(is.size() - 2);
  return was == is;
}

}  // namespace

Facts image_drift(const Facts& then, const Facts& now) {
  Facts drift;
  std::set<std::string> drifted;  // "app: members of hstore"
  for (const Fact& fact : now) {
    const auto before = std::find_if(then.begin(), then.end(), [&](const Fact& other) {
      return other.kind == fact.kind && other.name == fact.name && other.value != fact.value;
    });
    if (before == then.end()) {
      continue;
    }
    if (is_named(fact, FactKind::extensions, extension) && only_another_version(*before, fact)) {
      std::string name = fact.name;
      drifted.insert(name.replace(name.find(extension), extension.size(), members));
      drift.push_back(fact);
    } else if ((is_named(fact, FactKind::extensions, members) && drifted.contains(fact.name)) ||
               (is_named(fact, FactKind::schema, collation) &&
                   only_another_library(*before, fact))) {
      drift.push_back(fact);
    }
  }
  return drift;
}

}  // namespace pgrehearse
