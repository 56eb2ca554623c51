// The databases of projects that are not ours, as somebody new would drill them: `init` in a clean
// copy, then a run of what it wrote, with nothing edited. And the same project broken in ways that
// happen: red, with the cause named. A change tries one project and a case of each scenario;
// PGREHEARSE_TEST_SIZE=nightly tries all, whole.
#include <filesystem>
#include <regex>

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/cli/exit_status.hpp"
#include "tests/foreign/breakage.hpp"
#include "tests/foreign/foreign_project.hpp"
#include "tests/foreign/recipe.hpp"
#include "tests/program/nightly.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> one_of_each{"run",
    "--gtest_filter=AccidentalDelete.ADroppedTableComesBack:"
    "Corruption.AMissingTableFileComesBack:RegionalOutage.NothingThatHadArrivedIsLost:"
    "SecurityBreach.TheNewestBackupIsFromBeforeTheBreakIn"};
const std::vector<std::string> one_drill{
    "run", "--gtest_filter=AccidentalDelete.ADroppedTableComesBack"};

TEST_F(ForeignProject, IsMetAsInitLeavesIt) {
  for (const Recipe& recipe : chosen_recipes()) {
    if (!recipe.refused.empty()) {
      continue;
    }
    Answer init{.status = exit_met};
    const fs::path repository = initialised(recipe, init);
    EXPECT_EQ(init.status, exit_met) << recipe.name << init.said;
    EXPECT_NE(read_file(repository / "drill.yaml").find("\nmigrate:\n  " + recipe.migrate + "\n"),
        std::string::npos)
        << recipe.name << read_file(repository / "drill.yaml");
    const Answer ran =
        drill(repository, is_nightly() ? std::vector<std::string>{"run"} : one_of_each);
    EXPECT_EQ(ran.status, exit_met) << recipe.name << ran.said;
  }
}

TEST_F(ForeignProject, ThatInitDoesNotUnderstandIsNeverGreen) {
  for (const Recipe& recipe : chosen_recipes()) {
    if (recipe.refused.empty()) {
      continue;
    }
    Answer init;
    const fs::path repository = initialised(recipe, init);
    EXPECT_EQ(init.status, exit_not_proven) << recipe.name << init.said;
    EXPECT_NE(init.said.find(recipe.refused), std::string::npos) << recipe.name << init.said;
    EXPECT_EQ(drill(repository, one_drill).status, exit_not_proven) << recipe.name;
  }
}

class ForeignProjectBroken : public ForeignProject, public testing::WithParamInterface<Breakage> {};

TEST_P(ForeignProjectBroken, TurnsRedAndNamesTheCause) {
  for (const Recipe& recipe : chosen_recipes()) {
    if (!recipe.refused.empty()) {
      continue;
    }
    Answer init;
    const fs::path repository = initialised(recipe, init);
    GetParam().inflict(repository, recipe);
    const Answer ran = drill(repository, one_drill);
    EXPECT_NE(ran.status, exit_met) << recipe.name << ran.said;
    EXPECT_EQ(ran.status, GetParam().status.value_or(ran.status)) << recipe.name << ran.said;
    // Reports fold long lines.
    const std::string said = std::regex_replace(ran.said, std::regex{"\\s+"}, " ");
    EXPECT_TRUE(std::regex_search(said, std::regex{GetParam().cause})) << recipe.name << ran.said;
  }
}

INSTANTIATE_TEST_SUITE_P(By, ForeignProjectBroken, testing::ValuesIn(breakages()),
    [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace pgrehearse
