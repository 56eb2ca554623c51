#include "harness/drill/migrate.hpp"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/drill/sql_or_command.hpp"
#include "tests/unit/pg/private_server.hpp"

namespace pgrehearse {
namespace {

TEST(UpSection, IsWhatStandsBetweenTheMarks) {
  const UpSection up =
      up_section("-- about\n-- migrate:up\nA;\nB;\n-- migrate:down\nC;\n", "1_a.sql");
  EXPECT_EQ(up.sql, "A;\nB;\n");
  EXPECT_TRUE(up.in_transaction);
  EXPECT_FALSE(up_section("-- migrate:up transaction:false\nA;\n", "1_a.sql").in_transaction);
}

TEST(UpSection, IsRefusedWhenItIsNotOne) {
  for (const char* text : {"CREATE TABLE a();\n", "", "-- migrate:up\nA;\n-- migrate:up\nB;\n",
           "-- migrate:up transactions:false\nA;\n"}) {
    try {
      static_cast<void>(up_section(text, "1_a.sql"));
      ADD_FAILURE() << "accepted: " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_config);
      EXPECT_EQ(error.place(), "1_a.sql");
    }
  }
}

TEST(WholeFile, RunsOutsideATransactionThatItBeginsItself) {
  EXPECT_TRUE(whole_file("CREATE TABLE a ();\n", "a.sql").in_transaction);
  EXPECT_FALSE(whole_file("-- x\nBEGIN;\nCREATE TABLE a ();\nCOMMIT;\n", "a.sql").in_transaction);
}

TEST(WholeFile, IsRefusedWhenOnlyPsqlUnderstandsIt) {
  for (const char* text : {"\\i other.sql\n", "COPY a (x) FROM stdin;\n1\n\\.\n"}) {
    EXPECT_THROW(static_cast<void>(whole_file(text, "a.sql")), Error) << text;
  }
}

TEST(MigrationFiles, AreOrderedAsTheirToolOrdersThem) {
  const TempDir folder{"pgrehearse-test"};
  const auto names = [&](MigrationFormat format) {
    std::vector<std::string> found;
    for (const MigrationFile& file : migration_files(folder.path(), format)) {
      found.push_back(file.version);
    }
    return found;
  };
  for (const char* name : {"V10__c.sql", "V2__b.sql", "V1_1__a.sql", "R__view.sql", "U2__b.sql"}) {
    write_file(folder.path() / name, "SELECT 1;\n");
  }
  EXPECT_EQ(
      names(MigrationFormat::flyway), (std::vector<std::string>{"1.1", "2", "10",
                                          "R__view:" + sha256_hex("SELECT 1;\n").substr(0, 16)}));
  for (const char* name : {"20250102_b", "20250101_a"}) {
    std::filesystem::create_directory(folder.path() / name);
    write_file(folder.path() / name / "migration.sql", "SELECT 1;\n");
    write_file(folder.path() / name / "up.sql", "SELECT 1;\n");
  }
  EXPECT_EQ(names(MigrationFormat::prisma), (std::vector<std::string>{"20250101_a", "20250102_b"}));
  EXPECT_EQ(names(MigrationFormat::diesel), (std::vector<std::string>{"20250101_a", "20250102_b"}));
  write_file(folder.path() / "V1.1__again.sql", "SELECT 1;\n");
  EXPECT_THROW(names(MigrationFormat::flyway), Error);
  EXPECT_THROW(names(MigrationFormat::dbmate), Error);
}

TEST(WithNumbers, ReplacesWholeWordsOnly) {
  EXPECT_EQ(with_numbers("SELECT :scale, :seed", 3, 9), "SELECT 3, 9");
  EXPECT_EQ(with_numbers(":scale*:scale", 3, 9), "3*3");
  EXPECT_EQ(with_numbers("x::scale :scaled a:scale :scale_x :seed$", 3, 9),
      "x::scale :scaled a:scale :scale_x :seed$");
  EXPECT_EQ(with_numbers("(:seed)", 3, 9'000'000'000), "(9000000000)");
  EXPECT_EQ(with_numbers(":", 3, 9), ":");
}

class MigrateOnARealServer : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!PrivateServer::missing()) {
      server_ = std::make_unique<PrivateServer>();
    }
  }
  static void TearDownTestSuite() { server_.reset(); }
  void SetUp() override {
    if (server_ == nullptr) {
      GTEST_SKIP() << PrivateServer::missing().value_or("no server");
    }
    context_.connection = server_->connection();
    Session session{context_.connection};
    session.exec("DROP DATABASE IF EXISTS shop");
    session.exec("CREATE DATABASE shop");
    context_.connection.database = "shop";
    subject_.folder = folder_.path();
    subject_.migrate.directory = folder_.path() / "migrations";
    std::filesystem::create_directory(subject_.migrate.directory);
    migration("0001_orders.sql",
        "-- migrate:up\nCREATE TABLE orders (id int);\n-- migrate:down\nDROP TABLE orders;\n");
    migration("0002_index.sql",
        "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY orders_id ON orders (id);\n");
  }

  void migration(const std::string& name, const std::string& text) const {
    write_file(subject_.migrate.directory / name, text);
  }
  std::string value(const std::string& sql) { return Session{context_.connection}.value(sql); }
  template <typename Act>
  static Error error_of(Act act) {
    try {
      act();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return Error{ErrorCode::internal, ""};
  }

  inline static std::unique_ptr<PrivateServer> server_;
  TempDir folder_{"pgrehearse-test"};
  Subject subject_;
  HookContext context_{.run_id = "r-1", .phase = "migrate", .scale = 3, .seed_number = 9};
};

TEST_F(MigrateOnARealServer, RunsWhatIsRepeatableAgainWhenItWasEdited) {
  subject_.migrate.directory = folder_.path() / "flyway";
  subject_.migrate.format = MigrationFormat::flyway;
  std::filesystem::create_directory(subject_.migrate.directory);
  migration("V1__a.sql", "CREATE TABLE a (id int);\n");
  migration("R__v.sql", "CREATE OR REPLACE VIEW v AS SELECT 1 AS n FROM a;\n");
  EXPECT_EQ(migrate(subject_, context_).applied, 2);
  migration("R__v.sql", "CREATE OR REPLACE VIEW v AS SELECT 2 AS n FROM a;\n");
  EXPECT_EQ(migrate(subject_, context_).applied, 1);
  EXPECT_EQ(migrate(subject_, context_).applied, 0);
  EXPECT_EQ(value("SELECT pg_get_viewdef('v') LIKE '%2 AS n%'"), "t");
}

TEST_F(MigrateOnARealServer, AppliesOnceAndThenNothing) {
  const MigrationOutcome first = migrate(subject_, context_);
  EXPECT_EQ(first.applied, 2);
  EXPECT_EQ(first.skipped, 0);
  const MigrationOutcome second = migrate(subject_, context_);
  EXPECT_EQ(second.applied, 0);
  EXPECT_EQ(second.skipped, 2);
  EXPECT_EQ(value("SELECT string_agg(version, ',' ORDER BY version) FROM public.schema_migrations"),
      "0001,0002");
  EXPECT_EQ(value("SELECT to_regclass('public.orders_id') IS NOT NULL"), "t");
}

TEST_F(MigrateOnARealServer, KeepsALedgerOfItsOwnForOtherFormats) {
  subject_.migrate.format = MigrationFormat::plain;
  std::filesystem::remove_all(subject_.migrate.directory);
  std::filesystem::create_directory(subject_.migrate.directory);
  migration("1_a.up.sql", "SET search_path = '';\nCREATE TABLE public.a (id int);\n");
  migration("1_a.down.sql", "DROP TABLE public.a;\n");
  migration("2_b.up.sql", "BEGIN;\nALTER TABLE a ADD b int;\nCOMMIT;\n");
  EXPECT_EQ(migrate(subject_, context_).applied, 2);
  EXPECT_EQ(migrate(subject_, context_).applied, 0);
  EXPECT_EQ(value("SELECT string_agg(version, ',' ORDER BY 1) FROM pgrehearse.migrations"),
      "1_a.up.sql,2_b.up.sql");
  EXPECT_EQ(value("SELECT to_regclass('public.schema_migrations') IS NULL"), "t");
}

TEST_F(MigrateOnARealServer, UndoesTheWholeMigrationThatFails) {
  migration("0003_bad.sql",
      "-- migrate:up\nCREATE TABLE half (id int);\nINSERT INTO CANARY VALUES (1);\n");
  const Error error = error_of([&] { migrate(subject_, context_); });
  EXPECT_EQ(error.code(), ErrorCode::query_failed);
  EXPECT_EQ(error.message(), "migration '0003_bad.sql' failed with SQLSTATE 42P01 (no such table)");
  EXPECT_EQ(std::string{error.what()}.find("CANARY"), std::string::npos);
  EXPECT_EQ(value("SELECT to_regclass('public.half') IS NULL"), "t");
  EXPECT_EQ(value("SELECT count(*) FROM public.schema_migrations"), "2");
}

TEST_F(MigrateOnARealServer, AppliesNothingThatTheLedgerCannotRecord) {
  migration("0003_rude.sql", "-- migrate:up\nDROP TABLE public.schema_migrations;\n");
  const Error error = error_of([&] { migrate(subject_, context_); });
  EXPECT_EQ(
      error.message(), "migration '0003_rude.sql' failed with SQLSTATE 42P01 (no such table)");
  EXPECT_EQ(value("SELECT count(*) FROM public.schema_migrations"), "2");
}

TEST_F(MigrateOnARealServer, RefusesALedgerAheadOfTheFiles) {
  migrate(subject_, context_);
  std::filesystem::remove(subject_.migrate.directory / "0002_index.sql");
  const Error error = error_of([&] { migrate(subject_, context_); });
  EXPECT_NE(error.message().find("has migration 0002"), std::string::npos) << error.what();
}

TEST_F(MigrateOnARealServer, RefusesFilesItCannotOrder) {
  migration("0002_again.sql", "-- migrate:up\nSELECT 1;\n");
  EXPECT_NE(
      error_of([&] { migrate(subject_, context_); }).message().find("version 0002 is given twice"),
      std::string::npos);
  std::filesystem::remove(subject_.migrate.directory / "0002_again.sql");
  migration("later.sql", "-- migrate:up\nSELECT 1;\n");
  EXPECT_NE(
      error_of([&] { migrate(subject_, context_); }).message().find("'later.sql' is not the name"),
      std::string::npos);
}

TEST_F(MigrateOnARealServer, RefusesAFolderWithoutMigrations) {
  std::filesystem::remove_all(subject_.migrate.directory);
  std::filesystem::create_directory(subject_.migrate.directory);
  EXPECT_EQ(error_of([&] { migrate(subject_, context_); }).code(), ErrorCode::bad_config);
}

TEST_F(MigrateOnARealServer, AsksTheTeamsOwnCommand) {
  subject_.migrate.directory.clear();
  subject_.migrate.command =
      Command{.argv = {PrivateServer::path_of("psql"), "-qXc", "CREATE TABLE mine (id int)"}};
  EXPECT_TRUE(migrate(subject_, context_).by_command);
  EXPECT_EQ(value("SELECT to_regclass('public.mine') IS NOT NULL"), "t");
}

TEST_F(MigrateOnARealServer, TheUrlOfAHookReachesTheDatabase) {
  subject_.migrate.command = Command{
      .argv = {"/bin/sh", "-c",
          "unset PGPASSWORD PGUSER PGPORT PGHOST PGDATABASE; " + PrivateServer::path_of("psql") +
              " -qX \"$DATABASE_URL\" -c 'CREATE TABLE byurl (id int)'"}};
  EXPECT_TRUE(migrate(subject_, context_).by_command);
  EXPECT_EQ(value("SELECT to_regclass('public.byurl') IS NOT NULL"), "t");
}

TEST_F(MigrateOnARealServer, SeedsTextsThenFiles) {
  migrate(subject_, context_);
  write_file(folder_.path() / "seed.sql",
      "INSERT INTO orders SELECT :seed FROM generate_series(1, :scale);\nSELECT 1::int;\n");
  subject_.seed.sql = {"INSERT INTO orders VALUES (1)"};
  subject_.seed.files = {folder_.path() / "seed.sql"};
  apply(subject_.seed, subject_, context_);
  EXPECT_EQ(value("SELECT string_agg(id::text, ',' ORDER BY id) FROM orders"), "1,9,9,9");
}

TEST_F(MigrateOnARealServer, NamesTheSeedThatFails) {
  subject_.seed.sql = {"SELECT 1", "INSERT INTO CANARY VALUES (1)"};
  const Error error = error_of([&] { apply(subject_.seed, subject_, context_); });
  EXPECT_EQ(error.message(), "migrate text 2 failed with SQLSTATE 42P01");
  EXPECT_EQ(std::string{error.what()}.find("CANARY"), std::string::npos);
}

}  // namespace
}  // namespace pgrehearse
