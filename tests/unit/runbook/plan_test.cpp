// A drill runs what its team has marked, and nothing else.
#include "harness/runbook/plan.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

TEST(RunbookPlan, RunsMarkedBlocksInTheirOrderAsTheyStand) {
  const RunbookPlan plan = plan_of(runbook_in(
      "# Backup\n```bash\npg_dump shop\n```\n"
      "# Restore\n<!-- pgrehearse: restore -->\n```bash\nset -e\npg_restore \\\n  -d shop a\n```\n"
      "```sh pgrehearse=restore\nls | wc -l\n```\n"));
  ASSERT_EQ(plan.steps.size(), 2U);
  EXPECT_EQ(plan.steps[0].line, 7);
  EXPECT_EQ(plan.steps[0].heading, "Restore");
  EXPECT_EQ(plan.steps[0].script, "set -e\npg_restore \\\n  -d shop a\n");
  EXPECT_EQ(plan.steps[1].commands, 2U);
  EXPECT_EQ(plan.commands_to_run(), 4U);
  EXPECT_EQ(plan.commands, 5U);
}

TEST(RunbookPlan, TakesOnlyWhatIsTypedAtAPrompt) {
  const RunbookPlan plan =
      plan_of(runbook_in("```console pgrehearse=restore\n$ ls\ntotal 0\n```\n"));
  ASSERT_EQ(plan.steps.size(), 1U);
  EXPECT_EQ(plan.steps[0].script, "ls\n");
}

TEST(RunbookPlan, NeverRunsSqlSpansOrNeighbours) {
  EXPECT_TRUE(plan_of(runbook_in("<!-- pgrehearse: restore -->\n```sql\nSELECT 1;\n```\n"
                                 "<!-- pgrehearse: restore -->\n- `psql -f a.sql`\n"
                                 "<!-- pgrehearse: restored -->\n```sh\nls\n```\n"
                                 "```sh pgrehearse=restored\nls\n```\n"))
                  .steps.empty());
}

}  // namespace
}  // namespace pgrehearse
