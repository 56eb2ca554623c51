// A false alarm is as bad as a sabotage that survives: healthy drills with other data and another
// order of events each time, and none of them may be red.
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/base/text.hpp"
#include "harness/process/companion.hpp"
#include "harness/process/run.hpp"
#include "tests/program/nightly.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

/// "Suite.Case" of every healthy twin in the program.
std::vector<std::string> every_twin() {
  std::vector<std::string> twins;
  const Completed listed = run({.argv = {companion("pgrehearse").string(), "list"}});
  for (const std::string& line : lines_of(listed.out)) {
    if (line.find("Sabotage.TheHealthyTwin") != std::string::npos) {
      twins.emplace_back(trimmed(line));
    }
  }
  return twins;
}

class HealthyTwin : public testing::TestWithParam<int> {};

// In one night every twin has its turn twice, and the plainest is part of each round.
TEST_P(HealthyTwin, IsGreenWhateverTheSeed) {
  if (const std::string why = missing_engine("local"); !why.empty()) {
    GTEST_SKIP() << why;
  }
  const std::vector<std::string> twins = every_twin();
  ASSERT_GE(twins.size(), 20U);
  const std::string& turn = twins[static_cast<std::size_t>(GetParam()) % twins.size()];
  const std::string seed = std::to_string(std::random_device{}() % 1'000'000'000);
  const Sandbox sandbox;
  const Completed trial =
      run({.argv = {companion("pgrehearse").string(), "prove", "--engine", "local", "--jobs", "1",
               "--seed", seed, "--report-dir", (sandbox.path() / "report").string(),
               "--gtest_filter=AccidentalDeleteSabotage.TheHealthyTwinIsGreen:" + turn},
          .deadline = Seconds{600}});
  EXPECT_EQ(trial.status, 0) << "--seed " << seed << " " << turn << "\n" << trial.out << trial.err;
  EXPECT_NE(trial.out.find(" green, 0 red\n"), std::string::npos) << trial.out;
}

INSTANTIATE_TEST_SUITE_P(Rounds, HealthyTwin, testing::Range(1, is_nightly() ? 51 : 2));

}  // namespace
}  // namespace pgrehearse
