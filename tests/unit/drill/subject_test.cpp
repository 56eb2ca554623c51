#include "harness/drill/subject.hpp"

#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/drill/subject_file.hpp"

namespace pgrehearse {
namespace {

std::filesystem::path fixture(const std::string& name) {
  return std::filesystem::path{PGREHEARSE_SOURCE_DIR} / "fixtures" / name / "drill.yaml";
}

TEST(LoadSubject, ReadsTheBuiltInSubjects) {
  const Subject bookings = load_subject(fixture("bookings"));
  EXPECT_EQ(bookings.name, "bookings");
  EXPECT_FALSE(bookings.workload.sql.empty());
  EXPECT_FALSE(bookings.checks.empty());
  EXPECT_TRUE(bookings.objectives.contains("accidental-delete"));
  EXPECT_TRUE(std::filesystem::is_directory(bookings.migrate.directory));
  const Subject pgbench = load_subject(fixture("pgbench"));
  EXPECT_EQ(pgbench.name, "pgbench");
}

TEST(LoadSubject, ReadsEveryKey) {
  const SubjectFile file{R"(
name: shop
database: shop_db
postgres:
  version: 15
  image: postgres:15.4
  settings: {autovacuum: off, work_mem: 010, log_connections: no, jit: "on"}
migrate: {command: [make, migrate], deadline: 90s}
seed:
  sql: SELECT 1
  files: [seed.sql]
scale: 7
seed_number: 42
workload:
  writers: 2
  role: shop_app
  sql: [SELECT 1, "SELECT 2"]
  command: echo hello
traffic: {pooler: pgbouncer, pool_mode: transaction}
application:
  command: [shop-server, --quiet]
  urls: {ready: /ready, health: /live, backup: /backups, write: "/orders?x=$token$", read: /orders}
  body: note=$token$
  migrations_current: db.current
accidental_delete:
  delete_from: public.orders
  drop_table: orders
  truncate: orders
  bad_migration: ALTER TABLE orders DROP COLUMN total
  bad_migration_table: orders
  drop_schema: audit
checks:
  - {id: some-orders, sql: SELECT count(*) FROM orders, expect: "> 0"}
objectives:
  accidental-delete: {rpo: 0s, rto: 15min}
alerts: {backup_age: 7h, base_backup_age: 8d, wal_age: 90s, storage_warning: 70, storage_critical: 75}
backup:
  tool: pg_basebackup
  settings: {checkpoint: fast, password_env: SHOP_BACKUP_PASSWORD}
)"};
  const Subject subject = file.load();
  EXPECT_EQ(subject.database, "shop_db");
  EXPECT_EQ(subject.postgres.settings.at("autovacuum"), "off");
  EXPECT_EQ(subject.postgres.settings.at("work_mem"), "010");
  EXPECT_EQ(subject.postgres.settings.at("log_connections"), "no");
  EXPECT_EQ(subject.postgres.settings.at("jit"), "on");
  ASSERT_TRUE(subject.migrate.command.has_value());
  EXPECT_EQ(subject.migrate.command->argv, (std::vector<std::string>{"make", "migrate"}));
  EXPECT_EQ(subject.migrate.command->deadline, Seconds{90});
  EXPECT_EQ(subject.seed.sql, std::vector<std::string>{"SELECT 1"});
  EXPECT_EQ(subject.seed.files, std::vector<std::filesystem::path>{subject.folder / "seed.sql"});
  EXPECT_EQ(subject.scale, 7);
  EXPECT_EQ(subject.seed_number, 42);
  EXPECT_EQ(subject.workload.sql.size(), 2U);
  ASSERT_TRUE(subject.workload.command.has_value());
  EXPECT_EQ(
      subject.workload.command->argv, (std::vector<std::string>{"/bin/sh", "-c", "echo hello"}));
  EXPECT_TRUE(subject.traffic.pooled);
  EXPECT_EQ(subject.traffic.pool_mode, PoolMode::transaction);
  ASSERT_TRUE(subject.application.has_value());
  EXPECT_EQ(
      subject.application->command.argv, (std::vector<std::string>{"shop-server", "--quiet"}));
  EXPECT_EQ(subject.application->command.deadline, Seconds{30});
  EXPECT_EQ(subject.application->ready, "/ready");
  EXPECT_EQ(subject.application->health, "/live");
  EXPECT_EQ(subject.application->backup, "/backups");
  EXPECT_EQ(subject.application->write, "/orders?x=$token$");
  EXPECT_EQ(subject.application->read, "/orders");
  EXPECT_EQ(subject.application->body, "note=$token$");
  EXPECT_EQ(subject.application->migrations_current, "db.current");
  EXPECT_EQ(subject.accidental_delete.bad_migration.size(), 1U);
  EXPECT_EQ(subject.accidental_delete.copy_back, "public.orders");
  EXPECT_EQ(subject.checks.at(0).expect, "> 0");
  EXPECT_EQ(subject.objectives.at("accidental-delete").rpo, Milliseconds{0});
  EXPECT_EQ(subject.objectives.at("accidental-delete").rto, Milliseconds{900'000});
  EXPECT_EQ(subject.alerts.backup_age, std::chrono::hours{7});
  EXPECT_EQ(subject.alerts.base_backup_age, std::chrono::hours{8 * 24});
  EXPECT_EQ(subject.alerts.wal_age, Seconds{90});
  EXPECT_EQ(subject.alerts.storage_warning, 70);
  EXPECT_EQ(subject.alerts.storage_critical, 75);
  EXPECT_TRUE(subject.stated.contains("alerts.storage_warning"));
  EXPECT_EQ(subject.backup.settings.at("password_env"), "SHOP_BACKUP_PASSWORD");
  EXPECT_TRUE(subject.stated.contains("workload.writers"));
  EXPECT_TRUE(subject.stated.contains("scale"));
}

TEST(LoadSubject, ReadsTheScriptsOfTheToolCommand) {
  const Subject subject = SubjectFile{R"(
name: shop
backup:
  tool: command
  kind: physical
  take: sh take
  restore: [sh, restore]
  list: sh list
  verify: sh verify
  archive: cp %p /archive/%f
  deadline: 90s
)"}
                              .load();
  ASSERT_TRUE(subject.backup.restore.has_value());
  EXPECT_EQ(subject.backup.restore->argv, (std::vector<std::string>{"sh", "restore"}));
  EXPECT_EQ(subject.backup.take->deadline, Seconds{90});
  EXPECT_TRUE(subject.backup.physical);
  EXPECT_EQ(subject.backup.archive, "cp %p /archive/%f");
}

TEST(LoadSubject, LeavesTheRestAtItsDefaults) {
  const Subject subject = SubjectFile{"name: tiny\n"}.load();
  EXPECT_EQ(subject.database, "app");
  EXPECT_EQ(subject.workload.writers, 4);
  EXPECT_EQ(subject.backup.tool, "pg_basebackup");
  EXPECT_FALSE(subject.traffic.pooled);
  EXPECT_FALSE(subject.application.has_value());
  EXPECT_EQ(subject.traffic.pool_mode, PoolMode::session);
  EXPECT_EQ(subject.stated, std::set<std::string>{"name"});
}

TEST(LoadSubject, ReadsErasureAndUploads) {
  const Subject subject = SubjectFile{R"(
name: shop
erasure:
  sql: DELETE FROM people WHERE id = 1
  remaining: SELECT count(*) FROM people WHERE id = 1
uploads:
  listed: SELECT name, digest FROM files
  content: SELECT name, 'x' FROM files
)"}
                              .load();
  ASSERT_TRUE(subject.erasure.has_value());
  EXPECT_EQ(
      subject.erasure->erase.sql, std::vector<std::string>{"DELETE FROM people WHERE id = 1"});
  EXPECT_EQ(subject.erasure->remaining, "SELECT count(*) FROM people WHERE id = 1");
  ASSERT_TRUE(subject.uploads.has_value());
  EXPECT_EQ(subject.uploads->listed, "SELECT name, digest FROM files");
  EXPECT_EQ(subject.uploads->content, "SELECT name, 'x' FROM files");
  EXPECT_FALSE(subject.uploads->command.has_value());
}

TEST(LoadSubject, TakesUploadsThatACommandBrings) {
  const Subject subject =
      SubjectFile{"name: tiny\nuploads: {listed: SELECT 1, command: [make, files], deadline: 5s}\n"}
          .load();
  ASSERT_TRUE(subject.uploads.has_value() && subject.uploads->command.has_value());
  EXPECT_EQ(subject.uploads->command->argv, (std::vector<std::string>{"make", "files"}));
  EXPECT_EQ(subject.uploads->command->deadline, Seconds{5});
  EXPECT_TRUE(subject.uploads->content.empty());
}

TEST(LoadSubject, TakesBoundsFromAProfileAndReplacesWhatIsGivenBesideIt) {
  const auto bounds = [](const std::string& given) {
    return SubjectFile{"name: tiny\nobjectives:\n  corruption: " + given + "\n"}
        .load()
        .objectives.at("corruption");
  };
  const auto is = [&](const std::string& given, Milliseconds rpo, Milliseconds rto) {
    EXPECT_EQ(bounds(given).rpo, rpo) << given;
    EXPECT_EQ(bounds(given).rto, rto) << given;
  };
  using std::chrono::hours;
  using std::chrono::minutes;
  is("{profile: daily-backup}", hours{24}, hours{4});
  is("{profile: hourly-backup}", hours{1}, hours{2});
  is("{profile: staging}", hours{24}, minutes{90});
  is("{profile: pitr}", minutes{5}, hours{2});
  is("{profile: pitr, rto: 15min}", minutes{5}, minutes{15});
  is("{profile: pitr, rpo: 0s}", minutes{0}, hours{2});
}

struct Refusal {
  const char* what;
  const char* yaml;  ///< after the line "name: x"
  int line;
  const char* message;  ///< a piece of it
  const char* hint;     ///< a piece of it
};
std::ostream& operator<<(std::ostream& out, const Refusal& refusal) {
  return out << refusal.what;
}

class LoadSubjectRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(LoadSubjectRefuses, WithPlaceAndHint) {
  const SubjectFile file{std::string{"name: x\n"} + GetParam().yaml};
  const std::optional<Error> error = file.refusal();
  ASSERT_TRUE(error.has_value()) << "it was accepted";
  EXPECT_EQ(error->code(), ErrorCode::bad_config);
  EXPECT_EQ(error->place(), file.line(GetParam().line)) << error->what();
  EXPECT_NE(error->message().find(GetParam().message), std::string::npos) << error->what();
  EXPECT_NE(error->hint().find(GetParam().hint), std::string::npos) << error->what();
}

INSTANTIATE_TEST_SUITE_P(Each, LoadSubjectRefuses,
    testing::Values(
        Refusal{"UnknownKeyAtTheTop", "\nsed: {sql: SELECT 1}\n", 3,
            "unknown key 'sed' under 'subject'", "Did you mean 'seed'? Known keys here: "},
        Refusal{"UnknownKeyBelow", "workload:\n  writer: 4\n", 3,
            "unknown key 'writer' under 'workload'", "Did you mean 'writers'?"},
        Refusal{"UnknownKeyInAList", "checks:\n  - id: a\n    sql: SELECT 1\n    expected: x\n", 5,
            "unknown key 'expected' under item 1 of 'checks'", "Did you mean 'expect'?"},
        Refusal{"MissingKey", "checks:\n  - id: a\n    sql: SELECT 1\n", 3,
            "key 'expect' is missing", "What the value must be"},
        Refusal{"TextForANumber", "workload:\n  writers: many\n", 3,
            "'writers' under 'workload' must be a whole number", "How many clients"},
        Refusal{"QuotedNumber", "scale: \"4\"\n", 2, "quoted text", "How much data"},
        Refusal{"OctalNumber", "scale: 010\n", 2, "must be a whole number", "How much data"},
        Refusal{"UnknownPooler", "traffic: {pooler: haproxy}\n", 2, "must be none or pgbouncer",
            "stands in front"},
        Refusal{"PoolModeWithoutAPooler", "traffic: {pooler: none, pool_mode: session}\n", 2,
            "'pool_mode' stands without a pooler", "pooler: pgbouncer"},
        Refusal{"ApplicationWithoutACommand", "application:\n  urls: {ready: /r}\n", 2,
            "key 'command' is missing", "PORT"},
        Refusal{"ApplicationWithoutPages", "application: {command: app}\n", 2,
            "key 'urls' is missing", "Its pages"},
        Refusal{"ApplicationWithoutAReadyPage",
            "application:\n  command: app\n  urls: {health: /h}\n", 4, "key 'ready' is missing",
            "can serve"},
        Refusal{"ApplicationSomewhereElse",
            "application:\n  command: app\n  urls: {ready: \"http://shop.example/r\"}\n", 4,
            "only the application that the drill started is asked", "can serve"},
        Refusal{"ApplicationThatOnlyWrites",
            "application:\n  command: app\n  urls: {ready: /r, write: /w}\n", 4,
            "'write' and 'read' need each other", "shows what was written"},
        Refusal{"ApplicationThatWritesNothingOfItsOwn",
            "application:\n  command: app\n  urls: {ready: /r, write: /w, read: /s}\n  body: x\n",
            3, "neither 'write' nor 'body' holds $token$", "what was written"},
        Refusal{"ApplicationWithoutAProgram",
            "application:\n  command: [./server]\n  urls: {ready: /r}\n", 3,
            "there is no program './server'", "PATH"},
        Refusal{"PlaceOfMigrations",
            "application:\n  command: app\n  urls: {ready: /r}\n  migrations_current: $.db\n", 5,
            "keys parted by dots", "ready page"},
        Refusal{"NumberTooLarge", "workload:\n  writers: 1000\n", 3, "from 1 to 256", "clients"},
        Refusal{
            "MapForAText", "database: {a: b}\n", 2, "must be a text, and it is a map", "database"},
        Refusal{"ListForAMap", "workload: [a]\n", 2, "must be a map of keys, and it is a list",
            "clients write"},
        Refusal{"NoValue", "database:\n", 2, "it has no value", "database"},
        Refusal{"DurationWithoutUnit", "objectives:\n  accidental-delete: {rto: 90}\n", 3,
            "a whole number and its unit, such as 250ms, 90s", "How long until"},
        Refusal{"DurationOfCenturies", "objectives:\n  a:\n    rto: 999999999d\n", 4, "ten years",
            "unit"},
        Refusal{"ScenarioName", "objectives:\n  Accidental_Delete: {rto: 90s}\n", 3,
            "must be a scenario's name", "Bounds"},
        Refusal{"ErasureThatNothingShows", "erasure: {sql: SELECT 1}\n", 2,
            "key 'remaining' is missing under 'erasure'", "counts what is not erased"},
        Refusal{"UploadsWithoutContent", "uploads: {listed: SELECT 1}\n", 2,
            "'uploads' has neither 'content' nor 'command'", "the query or the program"},
        Refusal{"UploadsTwice", "uploads:\n  listed: SELECT 1\n  content: SELECT 1\n  command: x\n",
            5, "'content' and 'command' exclude each other", "Keep one"},
        Refusal{"UnknownProfile", "objectives:\n  a: {profile: pit}\n", 3,
            "must be daily-backup, hourly-backup, staging or pitr", "Both bounds by a name"},
        Refusal{"EmptyObjective", "objectives:\n  a: {}\n", 3, "is empty", ""},
        Refusal{"BadExpectation", "checks:\n  - id: a\n    sql: SELECT 1\n    expect: about 3\n", 5,
            "'expect' of check 'a'", "Write true, false"},
        Refusal{"UnquotedExpectation", "checks:\n  - id: a\n    sql: SELECT 1\n    expect: >= 3\n",
            5, "not readable as YAML", "must be quoted"},
        Refusal{"ExpectationReadAsATag",
            "checks:\n  - id: a\n    sql: SELECT 1\n    expect: != 3\n", 5, "carries a YAML tag",
            "must be quoted"},
        Refusal{"SameCheckTwice",
            "checks:\n  - {id: a, sql: SELECT 1, expect: '= 1'}\n  - {id: a, sql: SELECT 2, "
            "expect: '= 2'}\n",
            4, "check 'a' is given twice, first on line 3", "id of its own"},
        Refusal{"TableName", "accidental_delete:\n  truncate: \"orders; DROP TABLE x\"\n", 3,
            "must be a table name", "truncated"},
        Refusal{"SchemaName", "accidental_delete:\n  drop_schema: a.b\n", 3,
            "must be an SQL identifier", "Schema that is dropped"},
        Refusal{"SqlAndCommand", "seed:\n  sql: SELECT 1\n  command: echo\n", 4,
            "'sql' and 'command' exclude each other", "Keep one"},
        Refusal{"FilesAndCommand", "seed:\n  files: [seed.sql]\n  command: echo\n", 4,
            "'files' and 'command' exclude each other", "Keep one"},
        Refusal{"DirectoryAndCommand", "migrate:\n  directory: migrations\n  command: echo\n", 4,
            "'directory' and 'command' exclude each other", "Keep one"},
        Refusal{"DeadlineAlone", "migrate:\n  directory: migrations\n  deadline: 1s\n", 4,
            "'deadline' stands without", "Only a command"},
        Refusal{"DeadlineOfNothing", "migrate:\n  command: echo\n  deadline: 0s\n", 4, "is nothing",
            "time"},
        Refusal{"HalfABadMigration", "accidental_delete:\n  bad_migration: SELECT 1\n", 3,
            "need each other", "table"},
        Refusal{"MissingFile", "seed:\n  files:\n    - seed.sql\n    - sed.sql\n", 5,
            "there is no file 'sed.sql'", "folder of drill.yaml"},
        Refusal{"MissingFolder", "migrate:\n  directory: migration\n", 3,
            "there is no folder 'migration'", "folder of drill.yaml"},
        Refusal{"MissingProgram", "migrate:\n  command: [./bin/migrate]\n", 3,
            "there is no program './bin/migrate'", "PATH"},
        Refusal{"EmptyCommand", "migrate:\n  command: ['']\n", 3, "empty part", "Name a program"},
        Refusal{"ScriptsOfAnotherTool", "backup:\n  tool: pgbackrest\n  take: sh take\n", 4,
            "'take' is of the backup tool command", "other tools take none"},
        Refusal{"KindOfAnotherTool", "backup:\n  tool: pg_dump\n  kind: logical\n", 4,
            "'kind' is of the backup tool command", "settings"},
        Refusal{"CommandWithoutScripts", "backup:\n  tool: command\n  take: sh take\n", 3,
            "has no 'restore'", "take, restore, list and verify"},
        Refusal{"LogicalArchive",
            "backup:\n  tool: command\n  kind: logical\n  take: a\n  restore: b\n  list: c\n"
            "  verify: d\n  archive: cp %p x\n",
            9, "a logical backup has no archive", "own moment"},
        Refusal{"DuplicateKey", "scale: 1\nname: y\n", 3,
            "duplicate key 'name': it is given on line 1 and again on line 3", "Keep one"},
        Refusal{"SecondDocument", "---\nname: y\n", 2, "a second document", "One drill.yaml"},
        Refusal{
            "TabIndentation", "workload:\n\twriters: 2\n", 3, "not readable as YAML", "no tabs"}),
    [](const auto& given) { return std::string{given.param.what}; });

TEST(LoadSubject, RefusesAnEmptyFile) {
  const std::optional<Error> error = SubjectFile{""}.refusal();
  ASSERT_TRUE(error.has_value());
  EXPECT_NE(error->message().find("must be a map of keys"), std::string::npos) << error->what();
}

TEST(LoadSubject, RefusesAFileWithoutAName) {
  const std::optional<Error> error = SubjectFile{"scale: 1\n"}.refusal();
  ASSERT_TRUE(error.has_value());
  EXPECT_NE(error->message().find("'name' is missing"), std::string::npos) << error->what();
}

TEST(LoadSubject, RefusesBytesThatAreNotUtf8) {
  const SubjectFile file{"name: x\ndatabase: \"\xff\"\n"};
  const std::optional<Error> error = file.refusal();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->place(), file.line(2));
}

TEST(LoadSubject, SaysWhenThereIsNoFile) {
  try {
    static_cast<void>(load_subject("no/such/drill.yaml"));
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_config);
    EXPECT_EQ(error.place(), "no/such/drill.yaml");
  }
}

TEST(DrillSchema, IsTheShippedFile) {
  EXPECT_EQ(drill_schema(),
      read_file(std::filesystem::path{PGREHEARSE_SOURCE_DIR} / "reports/schema/drill.schema.json"));
}

}  // namespace
}  // namespace pgrehearse
