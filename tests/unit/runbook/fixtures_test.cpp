// What the linter says of the runbooks of fixtures/runbooks, line by line, that a drill would run
// nothing of them, and that the guide shows what it really says.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/runbook/lint.hpp"
#include "harness/runbook/plan.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

const fs::path root{PGREHEARSE_SOURCE_DIR};

Lint lint_of(const std::string& name) {
  return lint_runbook(runbook_in(read_file(root / "fixtures/runbooks" / (name + ".md"))));
}

struct Expected {
  std::string name = {};
  std::size_t blocks = 0;
  std::size_t commands = 0;
  std::vector<std::string> findings = {};
};

class RunbookFixture : public testing::TestWithParam<Expected> {};

TEST_P(RunbookFixture, HasTheseFindingsAndNoOther) {
  const Lint lint = lint_of(GetParam().name);
  std::vector<std::string> findings;
  for (const LintFinding& finding : lint.findings) {
    findings.push_back(fmt::format("{} {}", finding.line, finding.rule));
  }
  EXPECT_EQ(findings, GetParam().findings);
  EXPECT_EQ(lint.blocks, GetParam().blocks);
  EXPECT_EQ(lint.commands, GetParam().commands);
}

TEST_P(RunbookFixture, IsNotProvenByADrillAsItStands) {
  const RunbookPlan plan =
      plan_of(runbook_in(read_file(root / "fixtures/runbooks" / (GetParam().name + ".md"))));
  EXPECT_TRUE(plan.steps.empty()) << "nobody has marked a block, so nothing may run";
  EXPECT_EQ(plan.commands_to_run(), 0U);
}

INSTANTIATE_TEST_SUITE_P(OfOthers, RunbookFixture,
    testing::Values(Expected{"commands-in-spans", 5, 5,
                        {"15 not-in-a-block", "18 not-in-a-block", "18 placeholder", "18 psqlrc",
                            "20 not-in-a-block", "22 not-in-a-block", "24 not-in-a-block"}},
        Expected{"prose-only"}, Expected{"acceptance"},
        Expected{"one-dump", 3, 4,
            {"8 placeholder", "14 placeholder", "25 pipe-hides-failure", "25 psql-goes-on",
                "25 psqlrc", "25 restore-unverified"}},
        Expected{"staging-and-pitr", 8, 26,
            {"12 placeholder", "14 placeholder", "24 placeholder", "35 pipe-hides-failure",
                "36 pipe-hides-failure", "37 pipe-hides-failure", "78 placeholder",
                "79 placeholder", "85 pipe-hides-failure", "86 pipe-hides-failure"}},
        Expected{"mended", 4, 18, {}}),
    [](const testing::TestParamInfo<Expected>& of) {
      std::string name = of.param.name;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

TEST(RunbookGuide, ShowsWhatTheLinterSays) {
  const std::string guide = read_file(root / "docs/guides/own-runbook.md");
  for (const LintFinding& finding : lint_of("one-dump").findings) {
    const std::string line = fmt::format("fixtures/runbooks/one-dump.md:{}: {}: {}; {}",
        finding.line, finding.rule, finding.what, finding.cure);
    EXPECT_NE(guide.find(line), std::string::npos) << line;
  }
}

TEST(RunbookGuide, HasEveryRule) {
  const std::string guide = read_file(root / "docs/guides/own-runbook.md");
  std::size_t last = 0;
  for (const LintRule& rule : lint_rules()) {
    const std::size_t at = guide.find(fmt::format("| `{}` |", rule.id));
    ASSERT_NE(at, std::string::npos) << rule.id;
    EXPECT_GT(at, last) << rule.id << " is out of order";
    last = at;
  }
}

}  // namespace
}  // namespace pgrehearse
