// The gate on projects of other people: a branch that brings the newest of their own SQL is met,
// and what a restore of it would show to be bad is red, with the cause named. On a change the
// accident on its result is left to program/Gate.
#include <filesystem>
#include <map>
#include <regex>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/cli/exit_status.hpp"
#include "tests/foreign/branch.hpp"
#include "tests/foreign/foreign_project.hpp"
#include "tests/foreign/recipe.hpp"
#include "tests/program/nightly.hpp"

namespace pgrehearse {
namespace {

const std::vector<std::string> gate{"gate", "--base", "base"};
const std::vector<std::string> schema_change{
    "gate", "--base", "base", "--gtest_filter=SchemaChange.*"};

class ForeignBranch : public ForeignProject {
 protected:
  /// At the base: init was asked there, once for each project.
  Branch at_base(const Recipe& recipe) {
    Branch branch{copied(recipe), recipe};
    static std::map<std::string, std::string> written;
    const std::filesystem::path drill_yaml = branch.repository() / "drill.yaml";
    if (const auto known = written.find(recipe.name); known != written.end()) {
      write_file(drill_yaml, known->second);
    } else {
      const Answer init = answer_to({"init", branch.repository().string()});
      EXPECT_EQ(init.status, exit_met) << recipe.name << init.said;
      written.emplace(recipe.name, read_file(drill_yaml));
    }
    branch.commit_base();
    return branch;
  }

  static std::vector<Recipe> recipes() {
    std::vector<Recipe> chosen = chosen_recipes();
    std::erase_if(chosen, [](const Recipe& recipe) { return !recipe.refused.empty(); });
    return chosen;
  }
};

TEST_F(ForeignBranch, OfTheirOwnNewestSqlIsMet) {
  for (const Recipe& recipe : recipes()) {
    const Branch branch = at_base(recipe);
    branch.bring_the_newest();
    const Answer gated = drill(branch.repository(), is_nightly() ? gate : schema_change);
    EXPECT_EQ(gated.status, exit_met) << recipe.name << gated.said;
    EXPECT_NE(gated.said.find("changed since base: "), std::string::npos) << gated.said;
  }
}

TEST_F(ForeignBranch, OfAProjectThatInitDoesNotUnderstandIsNeverGreen) {
  for (const Recipe& recipe : chosen_recipes()) {
    if (!recipe.refused.empty()) {
      Answer init;
      const Branch branch{initialised(recipe, init), recipe};
      branch.commit_base();
      const Answer gated = drill(branch.repository(), schema_change);
      EXPECT_EQ(gated.status, exit_not_proven) << recipe.name << gated.said;
    }
  }
}

struct BadMigration {
  std::string name;   ///< of the test
  std::string sql;    ///< {} is a table with rows
  std::string cause;  ///< what the gate must say, a regular expression
};

class ForeignBranchBroken : public ForeignBranch,
                            public testing::WithParamInterface<BadMigration> {};

TEST_P(ForeignBranchBroken, IsRedAndNamesTheCause) {
  for (const Recipe& recipe : recipes()) {
    const Branch branch = at_base(recipe);
    branch.bring_the_newest();
    branch.bring(fmt::format(fmt::runtime(GetParam().sql), recipe.table));
    const Answer gated = drill(branch.repository(), schema_change);
    EXPECT_EQ(gated.status, exit_missed) << recipe.name << gated.said;
    // Reports fold long lines.
    const std::string said = std::regex_replace(gated.said, std::regex{"\\s+"}, " ");
    EXPECT_TRUE(std::regex_search(said, std::regex{GetParam().cause})) << recipe.name << gated.said;
  }
}

INSTANTIATE_TEST_SUITE_P(By, ForeignBranchBroken,
    testing::Values(BadMigration{"AColumnThatRowsCannotFill",
                        "ALTER TABLE {} ADD COLUMN tenant integer NOT NULL;\n",
                        "migrations-applied: expected each of them comes to its end, observed "
                        "migration '[^']*_ours[^']*' failed with SQLSTATE 23502"},
        BadMigration{"AConstraintThatSearchPathDecides",
            "CREATE FUNCTION has_rows() RETURNS boolean LANGUAGE plpgsql AS\n"
            "  'BEGIN RETURN EXISTS (SELECT FROM {}); END';\n"
            "CREATE TABLE our_things (id integer CHECK (has_rows()));\n"
            "INSERT INTO our_things VALUES (1);\n",
            "restore-completed: expected every statement of it succeeds.* relation .* does not "
            "exist"}),
    [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace pgrehearse
