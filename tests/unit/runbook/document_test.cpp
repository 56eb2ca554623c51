// Blocks are found where a reader of Markdown sees them, and keep their lines.
#include "harness/runbook/document.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

std::vector<std::string> texts_of(const RunbookBlock& block) {
  std::vector<std::string> texts;
  for (const TextLine& line : block.lines) {
    texts.push_back(line.text);
  }
  return texts;
}

using Texts = std::vector<std::string>;

TEST(RunbookDocument, FindsFencesInListsQuotesAndOfTildes) {
  const Runbook runbook = runbook_in(
      "## Restore\n"
      "1. First:\n\n"
      "   ```bash title=\"x\"\n"
      "   ls\n"
      "     -l\n"
      "   ```\n"
      "> ~~~sh\n"
      "> pwd\n"
      "> ~~~\n"
      "````sql\n"
      "```\n"
      "````\n");
  ASSERT_EQ(runbook.blocks.size(), 3U);
  EXPECT_EQ(runbook.blocks[0].line, 4);
  EXPECT_EQ(runbook.blocks[0].heading, "Restore");
  EXPECT_EQ(runbook.blocks[0].info, "title=\"x\"");
  EXPECT_EQ(texts_of(runbook.blocks[0]), (Texts{"ls", "  -l"}));
  EXPECT_EQ(runbook.blocks[0].lines[1].number, 6);
  EXPECT_EQ(texts_of(runbook.blocks[1]), Texts{"pwd"});
  EXPECT_EQ(runbook.blocks[2].kind, BlockKind::sql);
  EXPECT_EQ(texts_of(runbook.blocks[2]), Texts{"```"}) << "closed by a shorter fence";
}

TEST(RunbookDocument, ABlockThatNobodyClosesEndsWithTheDocument) {
  const Runbook runbook = runbook_in("```sh\r\nls\r\n");
  ASSERT_EQ(runbook.blocks.size(), 1U);
  EXPECT_EQ(texts_of(runbook.blocks[0]), Texts{"ls"});
}

TEST(RunbookDocument, TakesCommandsOutOfAConsole) {
  const Runbook runbook = runbook_in(
      "```console\n"
      "$ ls \\\n"
      "> -l\n"
      "total 0\n"
      "postgres@db1:~$ psql <<EOF\n"
      "SELECT 1;\n"
      "EOF\n"
      " ?column?\n"
      "```\n");
  ASSERT_EQ(runbook.blocks.size(), 1U);
  EXPECT_EQ(texts_of(runbook.blocks[0]), (Texts{"ls \\", "-l", "psql <<EOF", "SELECT 1;", "EOF"}));
  EXPECT_EQ(runbook.blocks[0].lines[2].number, 5);
}

TEST(RunbookDocument, ReadsWhatAFenceDoesNotSay) {
  const Runbook runbook = runbook_in(
      "```\npg_restore -d shop shop.dump\n```\n"
      "```\nDate (UTC):\nOperator:\n```\n"
      "```\nrestore_command = 'cp a b'\n```\n"
      "```yaml\npsql: true\n```\n"
      "``` {.bash .numberLines}\nls\n```\n");
  ASSERT_EQ(runbook.blocks.size(), 5U);
  EXPECT_EQ(runbook.blocks[0].kind, BlockKind::shell);
  EXPECT_EQ(runbook.blocks[1].kind, BlockKind::other);
  EXPECT_EQ(runbook.blocks[2].kind, BlockKind::settings);
  EXPECT_EQ(runbook.blocks[3].kind, BlockKind::other);
  EXPECT_EQ(runbook.blocks[4].kind, BlockKind::shell);
}

TEST(RunbookDocument, ACodeSpanThatIsAllOfALineIsACommandIfItRunsSomething) {
  const Runbook runbook = runbook_in(
      "- `psql -f a.sql`\n"
      "- `docs/recovery.md`\n"
      "- `triggers_exist() = true`\n"
      "- Run `psql -f a.sql` as postgres\n"
      "`$ systemctl start postgresql`\n"
      "   - `PYTHONPATH=. python3 -m tools.verify`\n");
  ASSERT_EQ(runbook.blocks.size(), 3U);
  EXPECT_FALSE(runbook.blocks[0].fenced);
  EXPECT_EQ(runbook.blocks[0].line, 1);
  EXPECT_EQ(texts_of(runbook.blocks[1]), Texts{"systemctl start postgresql"});
  EXPECT_EQ(texts_of(runbook.blocks[2]), Texts{"PYTHONPATH=. python3 -m tools.verify"});
}

TEST(RunbookDocument, NotesGoToTheBlockRightBehindThem) {
  const Runbook runbook = runbook_in(
      "<!-- pgrehearse: meant psqlrc: ours -->\n\n"
      "<!-- pgrehearse: restore -->\n"
      "```sh\nls\n```\n"
      "<!-- pgrehearse: lost -->\n"
      "prose\n"
      "<!--\n```sh\nrm -rf /\n```\n-->\n"
      "```sh\npwd\n```\n");
  ASSERT_EQ(runbook.blocks.size(), 2U);
  ASSERT_EQ(runbook.blocks[0].notes.size(), 2U);
  EXPECT_EQ(runbook.blocks[0].notes[0].text, "meant psqlrc: ours");
  EXPECT_EQ(runbook.blocks[0].notes[1].number, 3);
  EXPECT_TRUE(runbook.blocks[1].notes.empty());
  ASSERT_EQ(runbook.loose_notes.size(), 1U);
  EXPECT_EQ(runbook.loose_notes[0].number, 7);
}

}  // namespace
}  // namespace pgrehearse
