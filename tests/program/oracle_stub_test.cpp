// Every check is replaced by a stub that always says "met", and the sabotage that the check exists
// for must then survive: so it is this check that notices it, and the trial notices a check that
// has gone blind. The stubs are generated from the table of a real trial; a check that has no
// sabotage there fails docs/SabotagePage.
#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/process/companion.hpp"
#include "harness/process/run.hpp"
#include "tests/program/nightly.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

struct Stub {
  std::string check;
  std::string sabotage;
};

void PrintTo(const Stub& stub, std::ostream* out) {  // NOLINT(readability-identifier-naming)
  *out << stub.check;
}

std::string between(const std::string& line, const std::string& before, const std::string& after) {
  const std::size_t begin = line.find(before);
  const std::size_t end = line.find(after, begin + before.size());
  return begin == std::string::npos || end == std::string::npos
             ? ""
             : line.substr(begin + before.size(), end - begin - before.size());
}

/// A subject's own checks are a row of their own there; each goes the same way as this one.
std::string name_in_drill(const std::string& check) {
  return check == "subject:*" ? "subject:never" : check;
}

/// Every check of docs/sabotages.md with the first sabotage that it noticed; "every question" is
/// the row of a dead server, which no check answers.
std::vector<Stub> stubs_of_every_check() {
  std::vector<Stub> stubs;
  const auto page = std::filesystem::path{PGREHEARSE_SOURCE_DIR} / "docs" / "sabotages.md";
  for (const std::string& line : lines_of(read_file(page))) {
    const std::string check = between(line, "| `", "` | ");
    const std::string sabotages = between(line, "` | ", " |");
    if (!check.empty() && check != "every question") {
      stubs.push_back({name_in_drill(check), sabotages.substr(0, sabotages.find('<'))});
    }
  }
  return stubs;
}

std::vector<Stub> stubs() {
  std::vector<Stub> chosen;
  for (const Stub& stub : stubs_of_every_check()) {
    if (is_nightly() || stub.check == "exact-set" || stub.check == "recovery-ending" ||
        stub.check == "sequences") {
      chosen.push_back(stub);
    }
  }
  return chosen;
}

Completed trial_of(const std::string& sabotage, const std::string& stubbed) {
  const Sandbox sandbox;
  return run({.argv = {companion("pgrehearse-stubbed").string(), "prove", "--engine", "local",
                  "--jobs", "1", "--commits", "110", "--report-dir",
                  (sandbox.path() / "report").string(), "--gtest_filter=" + sabotage},
      .env = {{"STUBBED_CHECK", Secret{stubbed}}},
      .deadline = Seconds{600}});
}

// The sabotage of these ends the drill with an error as well, whatever the check says: without the
// check it is unknown, not survived, and not killed either.
bool ends_its_drill(const std::string& check) {
  constexpr std::array ending{"archive-complete", "backup-found", "backup-verified", "gap-named",
      "migrations-applied", "own-server", "restore-completed", "rows"};
  return std::find(ending.begin(), ending.end(), check) != ending.end();
}

class OracleStub : public testing::TestWithParam<Stub> {
 protected:
  void SetUp() override {
    if (const std::string why = missing_engine("local"); !why.empty()) {
      GTEST_SKIP() << why;
    }
  }
};

TEST_P(OracleStub, LetsTheSabotageOfItsCheckSurvive) {
  const Completed trial = trial_of(GetParam().sabotage, GetParam().check);
  EXPECT_NE(trial.out.find("STUBBED: " + GetParam().check), std::string::npos) << trial.out;
  const bool ends_in_an_error = ends_its_drill(GetParam().check);
  EXPECT_NE(trial.out.find(ends_in_an_error ? "\n0 killed, 0 survived, 0 not applicable\n"
                                            : "\n0 killed, 1 survived, 0 not applicable\n"),
      std::string::npos)
      << GetParam().sabotage << "\n"
      << trial.out << trial.err;
  EXPECT_EQ(trial.status, ends_in_an_error ? 2 : 1);
}

std::string name_of_case(const testing::TestParamInfo<Stub>& stub) {
  std::string name;
  for (const char letter : stub.param.check) {
    name += std::isalnum(static_cast<unsigned char>(letter)) != 0 ? letter : '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Checks, OracleStub, testing::ValuesIn(stubs()), name_of_case);

class OracleStubElsewhere : public OracleStub {};

TEST_P(OracleStubElsewhere, ChangesNothing) {
  const Completed trial = trial_of(GetParam().sabotage, "no-check-of-this-name");
  EXPECT_NE(trial.out.find("\n1 killed, 0 survived, 0 not applicable\n"), std::string::npos)
      << trial.out << trial.err;
  EXPECT_EQ(trial.status, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Checks, OracleStubElsewhere, testing::Values(stubs_of_every_check().front()));

TEST(OracleStubs, AreThereForEveryCheckOfTheTable) {
  EXPECT_GE(stubs_of_every_check().size(), 50U);
  for (const Stub& stub : stubs_of_every_check()) {
    EXPECT_NE(stub.sabotage.find("Sabotage."), std::string::npos) << stub.check;
  }
}

}  // namespace
}  // namespace pgrehearse
