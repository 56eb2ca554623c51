// The databases of projects that are not ours, as somebody new would drill them: `init` in a clean
// copy, then a run of what it wrote, with nothing edited. And the same project broken in ways that
// happen: red, with the cause named. A change tries one project and a case of each scenario;
// PGREHEARSE_TEST_SIZE=nightly tries all, whole.
#include <filesystem>
#include <map>
#include <regex>

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/cli/exit_status.hpp"
#include "tests/foreign/breakage.hpp"
#include "tests/foreign/recipe.hpp"
#include "tests/program/nightly.hpp"
#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr const char* one_of_each =
    "--gtest_filter=AccidentalDelete.ADroppedTableComesBack:"
    "Corruption.AMissingTableFileComesBack:RegionalOutage.NothingThatHadArrivedIsLost:"
    "SecurityBreach.TheNewestBackupIsFromBeforeTheBreakIn";
constexpr const char* one_drill = "--gtest_filter=AccidentalDelete.ADroppedTableComesBack";
constexpr Milliseconds a_quarter{1'800'000};

struct Answer {
  int status = -1;
  std::string said = {};
};

class ForeignProject : public testing::Test {
 protected:
  void SetUp() override {
    std::string missing = missing_engine("local");
    for (const Recipe& recipe : chosen_recipes()) {
      missing += missing_package(recipe);
    }
    if (!missing.empty()) {
      GTEST_SKIP() << missing;
    }
  }

  Answer answer_to(
      std::vector<std::string> arguments, Milliseconds patience = Milliseconds{300'000}) {
    ProgramRun program{sandbox_, std::move(arguments), {{"PGREHEARSE_ENGINE", "local"}}};
    const int status = program.status(patience);
    return {status, program.out() + program.err()};
  }

  /// A clean copy, with what init writes into it.
  fs::path initialised(const Recipe& recipe, Answer& init) {
    const fs::path repository = sandbox_.fresh("repository") / recipe.name;
    fs::create_directories(repository.parent_path());
    copy_project(recipe, repository);
    static std::map<std::string, std::string> written;  // asked once: a server is started for it
    const auto known = written.find(recipe.name);
    if (known != written.end()) {
      write_file(repository / "drill.yaml", known->second);
      return repository;
    }
    init = answer_to({"init", repository.string()});
    written.emplace(recipe.name, read_file(repository / "drill.yaml"));
    return repository;
  }

  Answer drill(const fs::path& repository, const std::string& selection, Milliseconds patience) {
    std::vector<std::string> arguments{
        "run", "--subject", repository.string(), "--report-dir", sandbox_.fresh("report").string()};
    if (!selection.empty()) {
      arguments.push_back(selection);
    }
    return answer_to(arguments, patience);
  }

  Sandbox sandbox_;
};

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
    const Answer ran = drill(repository, is_nightly() ? "" : one_of_each, a_quarter);
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
    EXPECT_EQ(drill(repository, one_drill, a_quarter).status, exit_not_proven) << recipe.name;
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
    const Answer ran = drill(repository, one_drill, a_quarter);
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
