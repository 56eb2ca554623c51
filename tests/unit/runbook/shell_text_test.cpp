// Shell text is read as a shell reads it, as far as the rules look.
#include "harness/runbook/shell_text.hpp"

#include <gtest/gtest.h>

#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

using Texts = std::vector<std::string>;

std::vector<ShellCommand> commands_in(std::string_view text) {
  std::vector<TextLine> lines;
  for (const std::string& line : lines_of(text)) {
    lines.push_back({static_cast<int>(lines.size()) + 1, line});
  }
  return shell_commands(lines);
}

TEST(ShellText, TellsWordsFromQuotesCommentsAndContinuations) {
  const auto commands = commands_in("A=1 psql -c \"SELECT '#1';\" \\\n  -d shop # || true\n# ls\n");
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_EQ(commands[0].assignments, Texts{"A=1"});
  EXPECT_EQ(commands[0].words, (Texts{"psql", "-c", "SELECT '#1';", "-d", "shop"}));
}

TEST(ShellText, KnowsWhatStandsBetweenCommands) {
  const auto commands = commands_in("a | b || c; d &&\ne\n");
  ASSERT_EQ(commands.size(), 5U);
  EXPECT_TRUE(commands[0].pipes);
  EXPECT_EQ(commands[1].before, "|");
  EXPECT_EQ(commands[2].before, "||");
  EXPECT_EQ(commands[3].before, ";");
  EXPECT_EQ(commands[4].before, "&&");
  EXPECT_EQ(commands[4].line, 2);
}

TEST(ShellText, GivesAHereDocumentToItsCommand) {
  const auto commands =
      commands_in("cat <<'EOF' | psql\nSELECT 1; -- || true\nEOF\nls >out 2>&1\n");
  ASSERT_EQ(commands.size(), 3U);
  ASSERT_EQ(commands[0].here_document.size(), 1U);
  EXPECT_EQ(commands[0].here_document[0].number, 2);
  EXPECT_TRUE(commands[1].here_document.empty());
  ASSERT_EQ(commands[2].redirections.size(), 2U);
  EXPECT_EQ(commands[2].redirections[1].op, "2>&");
}

TEST(ShellText, ReadsWhatAnotherShellIsGiven) {
  const auto commands = commands_in(
      "docker exec db sh -c 'pg_dump shop | gzip'\n"
      "ssh db1 <<EOF\npsql -f a.sql\nEOF\n"
      "size=$(du -s \"$X\" | cut -f1)\n");
  Texts programs;
  for (const ShellCommand& command : commands) {
    programs.push_back(program_of(command));
  }
  EXPECT_EQ(programs, (Texts{"sh", "pg_dump", "gzip", "ssh", "psql", "", "du", "cut"}));
  EXPECT_TRUE(commands[1].pipes);
  EXPECT_EQ(commands[4].line, 3);
}

TEST(ShellText, FindsTheProgramBehindWhatRunsIt) {
  const std::pair<const char*, const char*> calls[] = {
      {"sudo -u postgres /usr/lib/postgresql/15/bin/pg_ctl start", "pg_ctl"},
      {"docker compose exec -T db psql -U postgres", "psql"},
      {"kubectl exec -it db-0 -- pg_restore -d shop x", "pg_restore"},
      {"timeout 10 env A=b psql", "psql"}, {"docker compose up -d db", "docker"},
      {"systemctl start postgresql", "systemctl"}};
  for (const auto& [text, program] : calls) {
    ASSERT_EQ(commands_in(text).size(), 1U) << text;
    EXPECT_EQ(program_of(commands_in(text)[0]), program) << text;
  }
}

TEST(ShellText, HeedsSet) {
  const auto commands = commands_in("a | b\nset -euo pipefail\nc | d\nset +o pipefail\ne | f\n");
  ASSERT_EQ(commands.size(), 8U);
  EXPECT_FALSE(commands[0].pipefail);
  EXPECT_TRUE(commands[3].pipefail);
  EXPECT_TRUE(commands[3].nounset);
  EXPECT_FALSE(commands[6].pipefail);
}

TEST(ShellText, TellsConditionsFromCommands) {
  const auto commands = commands_in(
      "if ! psql -l >/dev/null 2>&1; then\n  ls 2>/dev/null\nfi\nuntil pg_isready; do :; done\n");
  ASSERT_EQ(commands.size(), 4U);
  EXPECT_TRUE(commands[0].asked);
  EXPECT_FALSE(commands[1].asked);
  EXPECT_TRUE(commands[2].asked);
  EXPECT_EQ(commands[3].words, Texts{":"});
}

TEST(ShellText, SurvivesWhatIsNoShell) {
  for (const char* text :
      {"'", "\"$(", "${", "`", "<<EOF", "a <", ")", "((", "\\", "<(", "if", "&"}) {
    EXPECT_NO_THROW(static_cast<void>(commands_in(text))) << text;
  }
}

TEST(ShellText, SurvivesWhatGoesTooDeep) {
  std::string text;
  for (int level = 0; level < 20'000; ++level) {
    text += "$(\n";
  }
  EXPECT_NO_THROW(static_cast<void>(commands_in(text)));
}

}  // namespace
}  // namespace pgrehearse
