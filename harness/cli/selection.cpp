#include "harness/cli/selection.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view twin = "TheHealthyTwin";
constexpr std::string_view plain_twin = "TheHealthyTwinIsGreen";

[[noreturn]] void complain(const std::string& message, const std::string& hint) {
  throw Error{ErrorCode::bad_config, message, hint, "--only"};
}

/// The plain drill of a suite comes before those of its variants.
std::string twin_of(const SuiteEntry& suite) {
  const auto& cases = suite.cases;
  auto found = std::find(cases.begin(), cases.end(), plain_twin);
  if (found == cases.end()) {
    found = std::find_if(
        cases.begin(), cases.end(), [](const std::string& test) { return test.starts_with(twin); });
  }
  return found == cases.end() ? "" : *found;
}

std::vector<std::string> reasons_of(const KnownTrap& trap) {
  std::vector<std::string> reasons;
  if (!trap.why_not.empty()) {
    reasons.push_back(fmt::format("Why: {}.", trap.why_not));
  }
  if (!trap.shown_by.empty()) {
    reasons.push_back(fmt::format("What shows it: {}.", trap.shown_by));
  }
  return reasons;
}

class Selection {
 public:
  Selection(std::span<const SuiteEntry> suites, std::span<const KnownTrap> traps)
      : suites_(suites), traps_(traps) {}

  void add(const std::string& name) {
    const auto trap = std::find_if(
        traps_.begin(), traps_.end(), [&](const KnownTrap& known) { return known.id == name; });
    if (trap != traps_.end()) {
      add_trap(*trap);
    } else if (!add_cases(name)) {
      const auto close = nearest(name, every_name());
      complain(fmt::format("'{}' is neither a trap nor a sabotage", name),
          fmt::format("{}Traps are T01 to T112, negative controls C1.1 to C5.8; pgrehearse list "
                      "names the sabotages.",
              close ? "Did you mean '" + *close + "'? " : ""));
    }
  }

  /// In the order of the program, each suite's twin among them.
  [[nodiscard]] std::vector<std::string> cases() const {
    std::vector<std::string> found;
    for (const SuiteEntry& suite : suites_) {
      const bool any =
          std::any_of(suite.cases.begin(), suite.cases.end(), [&](const std::string& test) {
            return chosen_.contains(suite.suite + "." + test) && !test.starts_with(twin);
          });
      const std::string beside = any ? twin_of(suite) : "";
      for (const std::string& test : suite.cases) {
        if (test == beside || chosen_.contains(suite.suite + "." + test)) {
          found.push_back(suite.suite + "." + test);
        }
      }
    }
    return found;
  }

 private:
  void add_trap(const KnownTrap& trap) {
    bool any = false;
    for (const std::string& name : split(trap.shown_by, ' ')) {
      any = add_cases(name) || any;
    }
    if (!any) {
      complain(fmt::format("no sabotage here shows {}: {}", trap.id, trap.what),
          joined(reasons_of(trap), " "));
    }
  }

  bool add_cases(const std::string& name) {
    bool any = false;
    for (const SuiteEntry& suite : suites_) {
      for (const std::string& test : suite.cases) {
        if (name == test || name == suite.suite + "." + test) {
          chosen_.insert(suite.suite + "." + test);
          any = true;
        }
      }
    }
    return any;
  }

  [[nodiscard]] std::vector<std::string> every_name() const {
    std::vector<std::string> names;
    for (const KnownTrap& trap : traps_) {
      names.emplace_back(trap.id);
    }
    for (const SuiteEntry& suite : suites_) {
      for (const std::string& test : suite.cases) {
        names.push_back(test);
        names.push_back(suite.suite + "." + test);
      }
    }
    return names;
  }

  std::span<const SuiteEntry> suites_;
  std::span<const KnownTrap> traps_;
  std::set<std::string> chosen_ = {};
};

}  // namespace

std::vector<std::string> cases_named(
    const std::string& only, std::span<const SuiteEntry> suites, std::span<const KnownTrap> traps) {
  Selection selection{suites, traps};
  for (const std::string& name : split(only, ',')) {
    selection.add(std::string{trimmed(name)});
  }
  return selection.cases();
}

}  // namespace pgrehearse
