// docs/sabotages.md is made of the record of a real trial. It must be of today's sabotages, none of
// them alive, and no check that a drill of docs/runbooks/ asks may be without one.
#include <algorithm>
#include <array>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/process/companion.hpp"
#include "harness/process/run.hpp"
#include "tests/sabotage/judgement.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

const fs::path docs = fs::path{PGREHEARSE_SOURCE_DIR} / "docs";
constexpr const char* remedy =
    "\nHINT: pgrehearse prove, then pgrehearse render RECORD --form kills";

/// Names of the form <Scenario>Sabotage.<Case> in a text; the twins, which break nothing, are left
/// out.
std::set<std::string> sabotages_in(const std::string& text) {
  constexpr std::string_view letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  constexpr std::string_view middle = "Sabotage.";
  std::set<std::string> names;
  for (std::size_t at = text.find(middle); at != std::string::npos;
       at = text.find(middle, at + 1)) {
    std::size_t begin = text.find_last_not_of(letters, at);
    begin = begin == std::string::npos ? 0 : begin + 1;
    const std::size_t end = text.find_first_not_of(letters, at + middle.size());
    const std::string name = text.substr(begin, end - begin);
    if (name.find("HealthyTwin") == std::string::npos) {
      names.insert(name);
    }
  }
  return names;
}

/// What stands in backticks in the first cell of a table's rows; a subject's own checks as one.
std::set<std::string> checks_in(const std::string& page) {
  constexpr std::string_view before = "| `";
  std::set<std::string> checks;
  for (const std::string& line : lines_of(page)) {
    if (line.starts_with(before)) {
      const std::string check =
          line.substr(before.size(), line.find('`', before.size()) - before.size());
      checks.insert(check.starts_with("subject:") ? "subject:*" : check);
    }
  }
  return checks;
}

/// What stands in backticks in the last cell of the rows of the table that has this head.
std::vector<std::string> last_cells_of(const std::string& page, const std::string& head) {
  std::vector<std::string> words;
  bool inside = false;
  for (const std::string& line : lines_of(page)) {
    inside = line.starts_with('|') && (inside || line == head);
    const std::vector<std::string> cells = split(line, '|');
    if (inside && cells.size() > 2) {
      const std::vector<std::string> pieces = split(cells[cells.size() - 2], '`');
      for (std::size_t i = 1; i < pieces.size(); i += 2) {
        words.push_back(pieces[i]);
      }
    }
  }
  return words;
}

TEST(SabotagePage, HasEverySabotageOfTheProgramAndNoOther) {
  const Completed listed =
      run({.argv = {companion("pgrehearse").string(), "list"}, .deadline = Seconds{60}});
  const std::set<std::string> here = sabotages_in(listed.out);
  ASSERT_GE(here.size(), 100U);
  EXPECT_EQ(sabotages_in(read_file(docs / "sabotages.md")), here) << remedy;
}

TEST(SabotagePage, ShowsNoSurvivorAndNoCheckThatNobodyTried) {
  const std::string page = read_file(docs / "sabotages.md");
  for (const char* bad : {"**survived**", "**unknown**", "**untried**"}) {
    EXPECT_EQ(page.find(bad), std::string::npos) << bad << remedy;
  }
}

TEST(SabotagePage, HasEveryCheckThatTheRunbooksAsk) {
  const std::set<std::string> tried = checks_in(read_file(docs / "sabotages.md"));
  std::set<std::string> untried;
  for (const fs::directory_entry& page : fs::directory_iterator{docs / "runbooks"}) {
    for (const std::string& check : checks_in(read_file(page.path()))) {
      if (!tried.contains(check)) {
        untried.insert(check);
      }
    }
  }
  EXPECT_EQ(untried, std::set<std::string>{}) << "are asked, and no sabotage tries them";
}

/// Checks that no sabotage tries, and why none has to.
constexpr std::array untried_with_reason{
    "affected",                   // of gate --affected: it says that nothing had to be asked
    "facts",                      // unknown where an own backup has no baseline; OwnBackup shows it
    "healthy-twin", "sabotage",   // verdicts of the trial itself
    "region-credentials",         // of a store with real keys: shown red by StoreDrill
    "store-credentials-rotated",  // likewise
    "subject-checks",             // a subject without checks; each of its own is a "subject:..."
};

/// Names of checks as the sources give them to a finding, or to its next step.
std::set<std::string> checks_of_the_sources() {
  const std::regex given{R"re((?:\.check = |Step\{\s*)"([a-z0-9-]+)")re"};
  std::set<std::string> checks;
  for (const char* folder : {"harness", "scenarios"}) {
    for (const fs::directory_entry& file :
        fs::recursive_directory_iterator{fs::path{PGREHEARSE_SOURCE_DIR} / folder}) {
      if (file.path().extension() == ".cpp") {
        const std::string text = read_file(file.path());
        for (std::sregex_iterator found{text.begin(), text.end(), given}, end; found != end;
             ++found) {
          checks.insert((*found)[1]);
        }
      }
    }
  }
  return checks;
}

TEST(SabotagePage, HasEveryCheckOfTheSources) {
  const std::set<std::string> tried = checks_in(read_file(docs / "sabotages.md"));
  const std::set<std::string> here = checks_of_the_sources();
  ASSERT_GE(here.size(), 60U);
  for (const std::string& check : here) {
    const bool has_reason = std::find(untried_with_reason.begin(), untried_with_reason.end(),
                                check) != untried_with_reason.end();
    EXPECT_NE(tried.contains(check), has_reason) << check;
  }
}

/// What stands in the first brackets of this expression in tests/sabotage/*.cpp.
std::set<std::string> in_the_sabotages(const std::string& expression) {
  const std::regex looked_for{expression};
  std::set<std::string> found;
  for (const fs::directory_entry& file :
      fs::directory_iterator{fs::path{PGREHEARSE_SOURCE_DIR} / "tests/sabotage"}) {
    const std::string text =
        file.path().extension() == ".cpp" ? read_file(file.path()) : std::string{};
    for (std::sregex_iterator at{text.begin(), text.end(), looked_for}, end; at != end; ++at) {
      found.insert((*at)[1]);
    }
  }
  return found;
}

// That a check stands without a cause only where it says so does the compiler see to.
TEST(Sabotages, NameACauseButWhereTheCheckHasOneWay) {
  std::set<std::string> listed;
  for (const OneWayCheck& one : one_way_checks) {
    EXPECT_NE(one.why, "") << one.check;
    listed.emplace(one.check);
  }
  EXPECT_EQ(in_the_sabotages(R"re(in_its_one_way\("([^"]*)"\))re"), listed)
      << "what one_way_checks lists, and what names no cause, are the same";
  EXPECT_GE(in_the_sabotages(R"re(\{"([a-z:-]+)",\s*"[^"]+"\})re").size(), 50U);
  EXPECT_EQ(in_the_sabotages(R"re(\{"([a-z:-]+)",\s*""\})re"), std::set<std::string>{})
      << "an empty cause is none";
}

TEST(EvidencePage, NamesChecksThatThereAre) {
  const std::set<std::string> known = checks_in(read_file(docs / "sabotages.md"));
  const std::vector<std::string> named = last_cells_of(
      read_file(docs / "evidence.md"), "| control | it asks for | look at | checks |");
  EXPECT_GE(named.size(), 20U);
  for (const std::string& check : named) {
    EXPECT_TRUE(known.contains(check)) << check << " is no check of docs/sabotages.md";
  }
}

}  // namespace
}  // namespace pgrehearse
