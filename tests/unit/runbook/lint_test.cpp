// Every rule finds what it is for, and is silent where it would only annoy.
#include "harness/runbook/lint.hpp"

#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

std::string bash(std::string_view text) {
  return fmt::format("```bash\n{}\n```\n", text);
}

std::set<std::string> rules_found_in(const std::string& markdown) {
  std::set<std::string> rules;
  for (const LintFinding& finding : lint_runbook(runbook_in(markdown)).findings) {
    if (finding.meant.empty()) {
      rules.insert(finding.rule);
    }
  }
  return rules;
}

struct Pair {
  const char* rule = "";
  std::vector<std::string> red = {};
  std::vector<std::string> silent = {};
};

const std::vector<Pair>& pairs() {
  static const std::vector<Pair> all{
      {"psql-goes-on",
          {bash("psql -X -f a.sql"), bash("gunzip -c a.gz | psql -h \"$DB_HOST\" -d shop"),
              bash("psql <<EOF\nSELECT 1;\nEOF"), bash("psql -c 'BEGIN' -c 'DELETE FROM a'"),
              bash("psql -v ON_ERROR_STOP=0 < a.sql"),
              bash("docker compose exec -T db psql -U postgres < a.sql"),
              bash("ssh db1 'psql -f a.sql'"), "```console\n$ psql -1f a.sql\nSET\n```\n"},
          {bash("# psql -f a.sql"), bash("psql -v ON_ERROR_STOP=1 -f a.sql"),
              bash("psql -vON_ERROR_STOP=on -f a.sql"), bash("psql --set=ON_ERROR_STOP=1 -f a.sql"),
              bash("psql --variable ON_ERROR_STOP=1 -qf a.sql"),
              bash("psql <<EOF\n\\set ON_ERROR_STOP on\nSELECT 1;\nEOF"),
              bash("PSQLRC=strict.psqlrc psql -f a.sql"),
              bash("export PSQLRC=strict.psqlrc\npsql -f a.sql"), bash("psql -c 'SELECT 1'"),
              bash("psql"), bash("psql --version"), bash("echo 'psql -f a.sql'")}},
      {"psqlrc", {bash("psql -v ON_ERROR_STOP=1 -f a.sql")},
          {bash("psql -Xqf a.sql"), bash("psql --no-psqlrc -f a.sql"),
              bash("PSQLRC=/dev/null psql -f a.sql"), bash("psql -c 'SELECT 1'")}},
      {"pg-restore-goes-on",
          {bash("pg_restore -d shop a.dump"), bash("sudo -u postgres pg_restore --dbname=shop a")},
          {bash("pg_restore -e -d shop a"), bash("pg_restore --exit-on-error -d shop a"),
              bash("pg_restore -1 -d shop a"), bash("pg_restore --single-transaction -d shop a"),
              bash("pg_restore --list a.dump"), bash("pg_restore -f a.sql a.dump")}},
      {"pipe-hides-failure",
          {bash("gunzip -c a.gz | psql"), bash("sh -c 'pg_dump shop | gzip > a.gz'"),
              bash("set -eu\ncurl -fsS x | jq ."), bash("a | grep -v b"),
              bash("n=$(du -s x | cut -f1)")},
          {bash("set -euo pipefail\ngunzip -c a.gz | psql"), bash("echo 1 | psql"),
              bash("bash -o pipefail -c 'pg_dump shop | gzip'"), bash("# a | b"),
              bash("psql -c 'SELECT 1 | 2'"), bash("a || b"),
              bash("psql -tc 'SELECT 1' | grep -q 1 || createdb shop"),
              bash("curl -fsS \"$(host | head -1)\" | sort | jq -e .ok"),
              bash("journalctl -u postgresql | tail -n 50")}},
      {"failure-ignored",
          {bash("dropdb shop || true"), bash("dropdb shop ||:"), bash("dropdb shop; true"),
              bash("set +e"), bash("pg_restore -l a || exit 0"), bash("cp a b || echo failed")},
          {bash("dropdb shop || exit 1"), bash("dropdb shop || { echo no; exit 1; }"),
              bash("command -v jq || echo 'jq is missing'"), bash("while true; do ls; done"),
              bash("# dropdb shop || true"), bash("echo 'a || true'"),
              bash("[ -f a ] || echo missing")}},
      {"errors-hidden",
          {bash("pg_restore -l a 2>/dev/null"), bash("cp a b >/dev/null 2>&1"),
              bash("cp a b &>/dev/null")},
          {bash("cp a b 2>log"), bash("cp a b >/dev/null"), bash("command -v jq >/dev/null 2>&1"),
              bash("if pg_isready >/dev/null 2>&1; then ls; fi"), bash("cp a b 2>&1 >/dev/null")}},
      {"placeholder",
          {bash("pg_restore --list <BACKUP>"), bash("cp s3://<your-bucket>/x ."),
              bash("ls shop_YYYYMMDD.sql"), bash("ls /path/to/backup"), bash("TARGET=latest ..."),
              bash("TOKEN=CHANGEME ls")},
          {bash("cat < a > b"), bash("psql -c \"SELECT to_char(now(), 'YYYY-MM-DD')\""),
              bash("ls \"shop_$(date +%Y%m%d).sql\""), bash("# ls <BACKUP>"),
              bash("diff <(ls a) <(ls b)")}},
      {"not-in-a-block", {"1. Restore:\n   - `psql -f a.sql`\n"},
          {"- see `docs/recovery.md`\n- `status`\n", bash("psql -c 'SELECT 1'")}},
      {"rm-of-a-variable",
          {bash("rm -rf $PGDATA/*"), bash("sudo rm -fr \"${PGDATA}\""),
              bash("rm --recursive /srv/$NAME")},
          {bash("rm -rf \"${PGDATA:?}\"/*"), bash("set -u\nrm -rf $PGDATA/*"),
              bash("PGDATA=/srv/pg\nrm -rf $PGDATA/*"), bash("rm -rf /srv/pg/data"),
              bash("rm \"$FILE\""), bash("rm -rf \"${WORK:-/tmp/work}\"")}},
      {"password-in-command",
          {bash("PGPASSWORD=tiger pg_dump shop"), bash("export PGPASSWORD='tiger'"),
              bash("psql postgres://app:tiger@db/shop -c 'SELECT 1'"),
              bash("psql 'host=db password=tiger'"),
              "```sql\nALTER ROLE app PASSWORD 'tiger';\n```\n",
              "```yaml\nurl: postgres://app:tiger@db/shop\n```\n"},
          {bash("PGPASSWORD=$PW pg_dump shop"), bash("PGPASSWORD=\"$(pass db)\" pg_dump shop"),
              bash("psql postgres://app@db/shop -c 'SELECT 1'"),
              bash("DSN=postgres://app:$PW@db/shop"), bash("DSN=postgres://app:<password>@db/shop"),
              "```sql\nALTER ROLE app PASSWORD :'new';\n```\n"}},
      {"password-on-command-line",
          {bash("psql \"postgres://app:$PW@db/shop\" -c 'SELECT 1'"),
              bash("psql \"host=db password=$PW\""),
              bash("docker exec -e PGPASSWORD=\"$PW\" db psql -c 'SELECT 1'")},
          {bash("psql \"$DATABASE_URL\" -c 'SELECT 1'"),
              bash("export DSN=postgres://app:$PW@db/shop"),
              bash("DSN=postgres://app:$PW@db/shop psql -c 'SELECT 1'"),
              bash("export PGPASSWORD=\"$PW\""), bash("PGPASSWORD=$PW psql -c 'SELECT 1'")}},
      {"resetwal",
          {bash("sudo pg_resetwal -f /srv/pg"), bash("/usr/lib/postgresql/15/bin/pg_resetwal .")},
          {bash("pg_resetwal --dry-run /srv/pg"), bash("# never pg_resetwal")}},
      {"gone",
          {bash("cat > recovery.conf"), "```sql\nSELECT pg_start_backup('a');\n```\n",
              bash("ls $PGDATA/pg_xlog")},
          {bash("touch recovery.signal"), "```sql\nSELECT pg_backup_start('a');\n```\n",
              bash("# recovery.conf is gone")}},
      {"archive-lies",
          {"```ini\nrestore_command = 'cp /wal/%f %p || true'\nrecovery_target_action = "
           "'promote'\n```\n",
              bash("echo \"archive_command = 'cp %p /wal/%f; true'\" >> postgresql.conf")},
          {"```ini\nrestore_command = 'cp /wal/%f %p'\n```\n",
              "```ini\nrestore_command = 'test -f /wal/%f && cp /wal/%f %p'\n```\n"}},
      {"target-without-action",
          {"```conf\nrecovery_target_time = '2026-01-25 14:30:00+00'\n```\n",
              bash("echo \"recovery_target = 'immediate'\" >> postgresql.auto.conf")},
          {"```conf\nrecovery_target_time = '2026-01-25 14:30:00+00'\nrecovery_target_action = "
           "'promote'\n```\n",
              "```conf\nrecovery_target_xid = '1'\n```\n```sql\nSELECT "
              "pg_wal_replay_resume();\n```\n",
              "```conf\nrecovery_target_timeline = 'latest'\n```\n"}},
      {"target-without-zone",
          {"```conf\nrecovery_target_time = '2026-01-25 14:30:00'\n```\n",
              bash("TARGET_TIME=\"2026-01-25 14:30\" ./recover")},
          {"```conf\nrecovery_target_time = '2026-01-25 14:30:00+00'\n```\n",
              bash("TARGET_TIME=\"2026-01-25 14:30:00 UTC\" ./recover"),
              bash("TARGET_TIME=2026-01-25T14:30:00Z ./recover")}},
      {"start-is-no-proof",
          {bash("pg_ctl -D /srv/pg -w start"), bash("systemctl restart postgresql"),
              bash("docker compose up -d db\npg_isready"),
              bash("touch recovery.signal\npg_ctl start\npsql -c 'SELECT 1'")},
          {bash("pg_ctl start\npsql -c 'SELECT count(*) FROM a'"),
              bash("touch recovery.signal\npg_ctl start\npsql -c 'SELECT pg_is_in_recovery()'"),
              bash("pg_ctl stop"), bash("docker compose up -d web"),
              bash("systemctl start postgresql\n./verify")}},
      {"restore-unverified",
          {bash("pg_restore -e -d shop a.dump"), bash("psql -X -v ON_ERROR_STOP=1 -f a.sql"),
              bash("psql -c 'SELECT count(*) FROM a'\npg_restore -e -d shop a.dump")},
          {bash("pg_restore -e -d shop a.dump\npsql -c 'SELECT count(*) FROM a'"),
              bash("pg_restore -e -d shop a.dump\npsql -f verify.sql"),
              bash("pg_restore -l a.dump"), bash("psql -c 'SELECT 1'")}},
      {"backup-unverified", {bash("pg_basebackup -D /b"), bash("pg_dump -Fc shop > a.dump")},
          {bash("pg_basebackup -D /b\npg_verifybackup /b"),
              bash("pg_dump -Fc shop > a.dump\npg_restore -e -d scratch a.dump"),
              bash("pg_dumpall --globals-only > g.sql"), bash("pg_dump --version")}},
      {"roles-not-dumped", {bash("pg_dump -Fc shop > a.dump")},
          {bash("pg_dump -Fc shop > a.dump\npg_dumpall --globals-only > g.sql"),
              bash("pg_dumpall > all.sql")}},
      {"note",
          {"<!-- pgrehearse: meant psqlrc -->\n" + bash("psql -f a.sql"),
              "<!-- pgrehearse: meant psqlcr: why -->\n" + bash("psql -f a.sql"),
              "<!-- pgrehearse: meant resetwal: why -->\n" + bash("ls"),
              "<!-- pgrehearse: meant psqlrc: why -->\nprose\n",
              "<!-- pgrehearse: allow psqlrc -->\n" + bash("psql -f a.sql"),
              "<!-- pgrehearse: restore -->\n```sql\nSELECT 1;\n```\n"},
          {"<!-- pgrehearse: restore -->\n" + bash("ls"),
              "<!-- pgrehearse: meant psqlrc: ours is the same everywhere -->\n" +
                  bash("psql -f a.sql")}},
  };
  return all;
}

TEST(LintRules, FindWhatTheyAreFor) {
  for (const Pair& pair : pairs()) {
    for (const std::string& text : pair.red) {
      EXPECT_EQ(rules_found_in(text).count(pair.rule), 1U) << pair.rule << " misses\n" << text;
    }
  }
}

TEST(LintRules, AreSilentOtherwise) {
  for (const Pair& pair : pairs()) {
    for (const std::string& text : pair.silent) {
      EXPECT_EQ(rules_found_in(text).count(pair.rule), 0U) << pair.rule << " complains of\n"
                                                           << text;
    }
  }
}

TEST(LintRules, AreAllTriedOnBothSides) {
  std::vector<std::string> tried;
  std::vector<std::string> known;
  for (const Pair& pair : pairs()) {
    EXPECT_FALSE(pair.red.empty() || pair.silent.empty()) << pair.rule;
    tried.emplace_back(pair.rule);
  }
  for (const LintRule& rule : lint_rules()) {
    known.emplace_back(rule.id);
    EXPECT_FALSE(rule.reason.empty() || rule.cure.empty()) << rule.id;
  }
  EXPECT_EQ(tried, known);
}

TEST(Lint, NeverRepeatsAPassword) {
  const std::string text =
      bash("PGPASSWORD=tiger psql postgres://app:tiger@db/shop -f /path/to/x") +
      "```sql\nALTER ROLE app PASSWORD 'tiger';\n```\n";
  const Lint lint = lint_runbook(runbook_in(text));
  EXPECT_GE(lint.findings.size(), 3U);
  for (const LintFinding& finding : lint.findings) {
    EXPECT_EQ((finding.what + finding.cure).find("tiger"), std::string::npos) << finding.rule;
  }
}

TEST(Lint, ExcusesWhatIsMeantAndKeepsTheReason) {
  const Lint lint = lint_runbook(
      runbook_in("<!-- pgrehearse: meant failure-ignored: the database may not exist yet -->\n" +
                 bash("dropdb shop || true") + bash("dropdb shop || true")));
  ASSERT_EQ(lint.findings.size(), 2U);
  EXPECT_EQ(lint.findings[0].meant, "the database may not exist yet");
  EXPECT_EQ(lint.findings[1].meant, "");
  EXPECT_EQ(lint.findings[1].line, 6);
  EXPECT_EQ(lint.open(), 1U);
}

TEST(Lint, SurvivesLongLines) {
  const std::string letters(1'000'000, 'x');
  for (const std::string& text : {"`psql " + letters + "`\n", bash("A=" + letters),
           bash("psql -c '" + letters + "'"), "<!-- pgrehearse: " + letters + " -->\n"}) {
    EXPECT_NO_THROW(static_cast<void>(lint_runbook(runbook_in(text))));
  }
}

TEST(Lint, CountsWhatItLookedAt) {
  const Lint lint = lint_runbook(runbook_in(bash("ls\npwd") + "```yaml\na: 1\n```\n"));
  EXPECT_EQ(lint.blocks, 1U);
  EXPECT_EQ(lint.commands, 2U);
  EXPECT_EQ(lint_runbook(runbook_in("Restore the backup.\n")).blocks, 0U);
}

}  // namespace
}  // namespace pgrehearse
