// The table of known traps is complete, and what it says proves them is there.
#include <algorithm>
#include <array>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "tests/sabotage/negative_controls.hpp"
#include "tests/sabotage/traps_in_drills.hpp"
#include "tests/sabotage/traps_in_restores.hpp"

namespace pgrehearse {
namespace {

// Numbers that the list has given up: what they meant is said by another one.
constexpr std::array given_up{
    5, 11, 22, 33, 36, 41, 46, 50, 51, 53, 56, 58, 62, 66, 67, 69, 72, 76, 93, 94};
constexpr int last = 112;

// What an engine keeps a restored server from: no part of a drill.
constexpr std::string_view contained = "T80";

struct Controls {
  int chapter = 0;
  int last = 0;
};
constexpr std::array chapters{Controls{1, 13}, Controls{2, 15}, Controls{5, 8}};

std::vector<Trap> every_trap() {
  std::vector<Trap> all{traps_in_restores.begin(), traps_in_restores.end()};
  all.insert(all.end(), traps_in_drills.begin(), traps_in_drills.end());
  all.insert(all.end(), negative_controls.begin(), negative_controls.end());
  return all;
}

/// "Suite.Case" of every case in the sources of the tests, as they are written there.
std::set<std::string> cases_in_sources() {
  const std::regex written{R"((?:^|\n)TEST(?:_F|_P)?\((\w+), (\w+)\))"};
  std::set<std::string> cases;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{
           std::filesystem::path{PGREHEARSE_SOURCE_DIR} / "tests"}) {
    if (entry.path().extension() != ".cpp") {
      continue;
    }
    const std::string text = read_file(entry.path());
    for (std::sregex_iterator at{text.begin(), text.end(), written}; at != std::sregex_iterator{};
         ++at) {
      cases.insert((*at)[1].str() + "." + (*at)[2].str());
    }
  }
  return cases;
}

std::vector<std::string> not_there(const Trap& trap, const std::set<std::string>& cases) {
  std::vector<std::string> missing;
  for (const std::string& name : split(std::string{trap.shown_by}, ' ')) {
    if (!name.empty() && !cases.contains(name)) {
      missing.push_back(name);
    }
  }
  return missing;
}

TEST(Traps, HaveEachNumberOnce) {
  std::vector<std::string> expected;
  for (int number = 1; number <= last; ++number) {
    if (std::find(given_up.begin(), given_up.end(), number) == given_up.end()) {
      expected.push_back(fmt::format("T{:02}", number));
    }
  }
  for (const Controls& controls : chapters) {
    for (int number = 1; number <= controls.last; ++number) {
      expected.push_back(fmt::format("C{}.{}", controls.chapter, number));
    }
  }
  std::vector<std::string> ids;
  for (const Trap& trap : every_trap()) {
    ids.emplace_back(trap.id);
  }
  EXPECT_EQ(ids, expected);
}

TEST(Traps, AreEachShownOrGivenAReason) {
  for (const Trap& trap : every_trap()) {
    EXPECT_FALSE(trap.shown_by.empty() && trap.why_not.empty()) << trap.id;
    EXPECT_FALSE(trap.what.empty()) << trap.id;
  }
}

TEST(Traps, AreGivenAReasonExactlyWhereNoSabotageShowsThem) {
  for (const Trap& trap : every_trap()) {
    const bool proven = trap.shown_by.find("Sabotage.") != std::string_view::npos;
    if (trap.id != contained) {
      EXPECT_NE(proven, !trap.why_not.empty()) << trap.id;
    }
  }
}

TEST(Traps, AreShownByCasesThatExist) {
  const std::set<std::string> cases = cases_in_sources();
  for (const Trap& trap : every_trap()) {
    EXPECT_EQ(joined(not_there(trap, cases), ", "), "") << trap.id;
  }
}

TEST(Traps, ShownByACaseThatIsGoneAreNoticed) {
  const Trap wrong{.id = "T00", .what = "nothing", .shown_by = "Traps.HaveEachNumberOnce No.Case"};
  EXPECT_EQ(not_there(wrong, cases_in_sources()), std::vector<std::string>{"No.Case"});
}

}  // namespace
}  // namespace pgrehearse
