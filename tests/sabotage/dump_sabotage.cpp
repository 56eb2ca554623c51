// A team's own scripts around pg_dump on trial: what they leave out, load in part, or say is well.
//
// Each case exchanges one text in scripts that are healthy. A broken set of pg_dump's own formats
// is the contract suite's: tests/contract/backup_tool_drill_test.cpp.
#include "tests/sabotage/accidental_delete_trial.hpp"

namespace pgrehearse {
namespace {

struct Exchange {
  std::string what = {};
  std::string by = {};
};

const std::string take =
    R"(set -eu; umask 077; new=$PGREHEARSE_BACKUPS/$PGREHEARSE_SET; mkdir "$new"
pg_dumpall --globals-only --no-password --file "$new/globals.sql"
pg_dump --format custom --no-password ${PGREHEARSE_SNAPSHOT:+--snapshot "$PGREHEARSE_SNAPSHOT"} >"$new/database")";
const std::string restore =
    R"(set -eu; set=$PGREHEARSE_BACKUPS/$PGREHEARSE_SET
sed '/^CREATE ROLE postgres;$/d' "$set/globals.sql" | psql -Xqo /dev/null --no-password -v ON_ERROR_STOP=1
pg_restore --exit-on-error --create --no-password --dbname postgres "$set/database"
true)";

const std::string snapshot = R"(${PGREHEARSE_SNAPSHOT:+--snapshot "$PGREHEARSE_SNAPSHOT"})";

// Errors of the load are neither counted nor seen.
const Exchange swallowed{
    R"(pg_restore --exit-on-error --create --no-password --dbname postgres "$set/database")",
    R"(pg_restore --create --no-password --dbname postgres "$set/database" 2>/dev/null || :)"};

const std::string creating = "pg_restore --exit-on-error --create --no-password --dbname postgres";
// What was dumped is not the database by its name; the script makes it.
const std::string into_a_new_one =
    R"(createdb --no-password "$PGREHEARSE_DATABASE"; test ! -s "$set/database" || pg_restore --exit-on-error --no-password --dbname "$PGREHEARSE_DATABASE")";

// The text of a sabotage that is not there would be a sabotage that never happened.
std::string exchanged(std::string text, const Exchange& exchange) {
  const std::size_t at = text.find(exchange.what);
  EXPECT_NE(at, std::string::npos) << exchange.what;
  return at == std::string::npos ? text : text.replace(at, exchange.what.size(), exchange.by);
}

Command script(const std::string& text) {
  return {.argv = {"/bin/sh", "-c", text}};
}

std::function<void(Subject&)> scripts(const Exchange& in_take, const Exchange& in_restore) {
  return [=](Subject& given) {
    given.backup = {.tool = "command",
        .physical = false,
        .take = script(exchanged(take, in_take)),
        .restore = script(exchanged(restore, in_restore)),
        .list = script("ls \"$PGREHEARSE_BACKUPS\""),
        .verify = script("test -d \"$PGREHEARSE_BACKUPS/$PGREHEARSE_SET\"")};
  };
}

std::function<void(Subject&)> taken(const std::string& what, const std::string& by) {
  return scripts({what, by}, {});
}

std::function<void(Subject&)> restored_with(const std::string& what, const std::string& by) {
  return scripts({}, {what, by});
}

TEST_F(AccidentalDeleteSabotage, TheHealthyTwinWithDumpsIsGreen) {
  must_be_green(Sabotage{.change_subject = scripts({}, {})});
}

TEST_F(AccidentalDeleteSabotage, DumpOfAnotherDatabase) {
  must_be_killed(Sabotage{.killed_by = {"rows", "is missing"},
      .change_subject = scripts({snapshot, "--dbname postgres"}, {creating, into_a_new_one})});
}

// sh takes the status of the last program of a pipe, and psql an empty file for a whole one.
TEST_F(AccidentalDeleteSabotage, DumpThatFailedInAPipe) {
  must_be_killed(Sabotage{.killed_by = {"rows", "is missing"},
      .change_subject = scripts(
          {">\"$new", "--role nobody 2>/dev/null | cat >\"$new"}, {creating, into_a_new_one})});
}

TEST_F(AccidentalDeleteSabotage, DumpOfOneSchema) {
  must_be_killed(Sabotage{.killed_by = {"schema", "is missing"},
      .change_subject = taken("--format custom", "--format custom --schema pgrehearse")});
}

TEST_F(AccidentalDeleteSabotage, DumpOfAnOlderDay) {
  must_be_killed(
      Sabotage{.killed_by = {"exact-set", "was acknowledged before the marker and is missing"},
          .change_subject = restored_with("$PGREHEARSE_SET", "full-1")});
}

// The parent is there, and holds what its partitions held: nothing.
TEST_F(AccidentalDeleteSabotage, PartitionedTableWithoutItsPartitions) {
  must_be_killed(Sabotage{.killed_by = {"rows", "pgrehearse.parted"},
      .change_subject =
          taken("--format custom", "--format custom --exclude-table 'pgrehearse.parted_*'"),
      .before_backup = [](Source& source) {
        source.cluster()
            .connect(source.subject().database)
            .exec(
                "CREATE TABLE pgrehearse.parted (x integer PRIMARY KEY) PARTITION BY LIST (x); "
                "CREATE TABLE pgrehearse.parted_1 PARTITION OF pgrehearse.parted FOR VALUES IN "
                "(1); INSERT INTO pgrehearse.parted VALUES (1)");
      }});
}

// As many bytes as before, and a dump without compression has no sum that could tell.
TEST_F(AccidentalDeleteSabotage, ValueThatChangedInTheDump) {
  must_be_killed(Sabotage{.killed_by = {"content", "pgrehearse.sentinels differs"},
      .change_subject = taken(snapshot,
          "--compress 0 " + snapshot + " | LC_ALL=C sed 's/as it was written/as it was writtem/'"),
      .before_backup = [](Source& source) {
        source.cluster()
            .connect(source.subject().database)
            .exec("INSERT INTO pgrehearse.sentinels VALUES ('as it was written')");
      }});
}

TEST_F(AccidentalDeleteSabotage, DumpWithoutOwnersAndGrants) {
  must_be_killed(Sabotage{.killed_by = {"roles", "owner and grants"},
      .change_subject = restored_with("--exit-on-error", "--no-owner --no-acl")});
}

TEST_F(AccidentalDeleteSabotage, RolesThatNoDumpHolds) {
  must_be_killed(Sabotage{.killed_by = {"roles", "is missing"},
      .change_subject = scripts({"--globals-only", "--tablespaces-only"}, swallowed)});
}

TEST_F(AccidentalDeleteSabotage, ErrorsOfTheLoadThatNobodyCounts) {
  must_be_killed(Sabotage{.killed_by = {"restore-output", "of standard error is of level ERROR"},
      .change_subject = restored_with("true",
          "pg_restore --no-password --dbname \"$PGREHEARSE_DATABASE\" \"$set/database\" "
          "|| true")});
}

TEST_F(AccidentalDeleteSabotage, WarningOfTheBackupThatNobodyReads) {
  must_be_killed(Sabotage{.killed_by = {"backup-output", "of standard error is of level WARNING"},
      .change_subject = taken("umask 077", "umask 077; echo 'WARNING: half of it' >&2")});
}

TEST_F(AccidentalDeleteSabotage, DatabaseThatHadRowsBeforeTheLoad) {
  must_be_killed(Sabotage{.killed_by = {"rows", "pgrehearse.sentinels differs"},
      .change_subject = restored_with("true",
          "psql -Xq --no-password -d \"$PGREHEARSE_DATABASE\" -c \"INSERT INTO "
          "pgrehearse.sentinels VALUES ('of an older load')\"")});
}

// Row security hides rows from whoever it is meant for, and the dump is complete all the same.
TEST_F(AccidentalDeleteSabotage, RowsThatRowSecurityHidFromTheDump) {
  must_be_killed(Sabotage{.killed_by = {"rows", "pgrehearse.sentinels differs"},
      .change_subject =
          [](Subject& given) {
            scripts({"--format custom", "--format custom --role dumper --enable-row-security"},
                swallowed)(given);
            given.postgres.settings["lo_compat_privileges"] = "on";
          },
      .before_backup =
          [](Source& source) {
            source.cluster()
                .connect(source.subject().database)
                .exec(
                    "CREATE ROLE dumper; GRANT pg_read_all_data TO dumper; INSERT INTO "
                    "pgrehearse.sentinels VALUES ('seen'), ('hidden'); ALTER TABLE "
                    "pgrehearse.sentinels ENABLE ROW LEVEL SECURITY; CREATE POLICY seen ON "
                    "pgrehearse.sentinels USING (marker = 'seen')");
          }});
}

// pg_restore empties search_path: a function that names a table without its schema finds none.
TEST_F(AccidentalDeleteSabotage, RuleThatFindsItsTableOnlyOnTheSource) {
  must_be_killed(Sabotage{.killed_by = {"rows", "pgrehearse.guarded differs"},
      .change_subject = scripts({}, swallowed),
      .before_backup = [](Source& source) {
        Session session = source.cluster().connect(source.subject().database);
        session.exec("SET search_path = pgrehearse");
        session.exec(
            "CREATE FUNCTION known(integer) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN "
            "$1 > 0 AND (SELECT count(*) >= 0 FROM sentinels); END $$; CREATE TABLE guarded (x "
            "integer CHECK (known(x))); INSERT INTO guarded VALUES (1)");
      }});
}

}  // namespace
}  // namespace pgrehearse
