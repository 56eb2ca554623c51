#include "harness/cli/suites.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/kebab_case.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view sabotage_suffix = "Sabotage";

}  // namespace

std::vector<SuiteEntry> suites_here() {
  std::vector<SuiteEntry> entries;
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int s = 0; s < all.total_test_suite_count(); ++s) {
    const testing::TestSuite& suite = *all.GetTestSuite(s);
    SuiteEntry entry{.suite = suite.name(), .scenario = {}};
    entry.sabotage = entry.suite.ends_with(sabotage_suffix);
    entry.scenario = kebab_case(
        entry.suite.substr(0, entry.suite.size() - (entry.sabotage ? sabotage_suffix.size() : 0)));
    for (int t = 0; t < suite.total_test_count(); ++t) {
      entry.cases.emplace_back(suite.GetTestInfo(t)->name());
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<SuiteEntry> suites_for(const std::string& scenario, bool sabotages) {
  std::vector<SuiteEntry> chosen;
  std::vector<std::string> known;
  for (const SuiteEntry& entry : suites_here()) {
    if (entry.sabotage == sabotages) {
      known.push_back(entry.scenario);
      if (scenario.empty() || scenario == entry.scenario) {
        chosen.push_back(entry);
      }
    }
  }
  if (chosen.empty()) {
    const auto close = nearest(scenario, known);
    throw Error{ErrorCode::bad_config, fmt::format("there is no scenario '{}'", scenario),
        fmt::format("{}Scenarios: {}.", close ? "Did you mean '" + *close + "'? " : "",
            joined(known, ", "))};
  }
  return chosen;
}

std::string filter_for(const std::string& scenario, bool sabotages) {
  std::string filter;
  for (const SuiteEntry& entry : suites_for(scenario, sabotages)) {
    filter += (filter.empty() ? "" : ":") + entry.suite + ".*";
  }
  return filter;
}

std::string narrowed(const std::string& filter, const std::string& allowed) {
  const std::vector<std::string> patterns = split(allowed, ':');
  std::string narrow = filter;
  // GoogleTest takes what follows the first '-' as what not to run.
  bool excludes = filter.find('-') != std::string::npos;
  const auto allows = [&](const std::string& pattern) {
    return std::find(patterns.begin(), patterns.end(), pattern) != patterns.end();
  };
  const auto exclude = [&](const std::string& pattern) {
    narrow += (excludes ? ":" : "-") + pattern;
    excludes = true;
  };
  for (const SuiteEntry& entry : suites_here()) {
    if (allows(entry.suite + ".*")) {
      continue;
    }
    const auto case_of = [&](const std::string& test) { return entry.suite + "." + test; };
    const bool part = std::any_of(entry.cases.begin(), entry.cases.end(),
        [&](const std::string& test) { return allows(case_of(test)); });
    if (!part) {
      exclude(entry.suite + ".*");
      continue;
    }
    for (const std::string& test : entry.cases) {
      if (!allows(case_of(test))) {
        exclude(case_of(test));
      }
    }
  }
  return narrow;
}

std::string without(
    const std::string& filter, const std::map<std::string, std::string>& leave_out) {
  std::vector<std::string> known;
  for (const SuiteEntry& entry : suites_here()) {
    if (!entry.sabotage) {
      known.push_back(entry.suite + ".*");
      for (const std::string& test : entry.cases) {
        known.push_back(entry.suite + "." + test);
      }
    }
  }
  std::string narrow = filter;
  for (const auto& [pattern, reason] : leave_out) {
    if (std::find(known.begin(), known.end(), pattern) == known.end()) {
      const auto close = nearest(pattern, known);
      throw Error{ErrorCode::bad_config, fmt::format("there is no case '{}' to leave out", pattern),
          fmt::format("{}'pgrehearse list' names them all.",
              close ? "Did you mean '" + *close + "'? " : ""),
          "drill.yaml: leave_out"};
    }
    narrow += (narrow.find('-') == std::string::npos ? "-" : ":") + pattern;
  }
  return narrow;
}

std::string reason_to_leave_out(
    const std::string& name, const std::map<std::string, std::string>& leave_out) {
  for (const std::string& key : {name, name.substr(0, name.find('.')) + ".*"}) {
    if (const auto found = leave_out.find(key); found != leave_out.end()) {
      return found->second;
    }
  }
  return {};
}

}  // namespace pgrehearse
