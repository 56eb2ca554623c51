#include "harness/project/layout.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/drill/migration_files.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

using Files = std::vector<std::pair<std::string, std::string>>;

/// A repository of these files.
class Repository {
 public:
  explicit Repository(const Files& files) {
    for (const auto& [name, text] : files) {
      fs::create_directories((root() / name).parent_path());
      write_file(root() / name, text);
    }
  }
  [[nodiscard]] fs::path root() const { return folder_.path(); }
  [[nodiscard]] Layout layout() const { return layout_of(tree_of(root())); }

 private:
  TempDir folder_{"pgrehearse-test"};
};

struct Shape {
  std::string name;
  Files files;
  std::string tool;
  std::string folder_or_command;
  std::string format;
};

class MigrationsOfALayout : public testing::TestWithParam<Shape> {};

TEST_P(MigrationsOfALayout, AreRecognised) {
  const Repository repository{GetParam().files};
  const Layout layout = repository.layout();
  ASSERT_TRUE(layout.migrations.has_value());
  EXPECT_EQ(layout.migrations->tool, GetParam().tool);
  if (GetParam().format.empty()) {
    EXPECT_EQ(layout.migrations->command, GetParam().folder_or_command);
    EXPECT_FALSE(layout.migrations->format.has_value());
  } else {
    const FoundMigrations& found = *layout.migrations;
    EXPECT_EQ(
        (found.file.empty() ? found.folder : found.file).string(), GetParam().folder_or_command);
    ASSERT_TRUE(layout.migrations->format.has_value());
    EXPECT_EQ(name_of(*layout.migrations->format), GetParam().format);
  }
}

INSTANTIATE_TEST_SUITE_P(Layouts, MigrationsOfALayout,
    testing::Values(Shape{"Dbmate", {{"db/migrations/001_a.sql", "-- migrate:up\nSELECT 1;\n"}},
                        "dbmate", "db/migrations", "dbmate"},
        Shape{"NumberedSql", {{"db/migrations/001_a.sql", "SELECT 1;\n"}}, "plain SQL",
            "db/migrations", "plain"},
        Shape{"UpAndDown",
            {{"migrations/1_a.up.sql", "SELECT 1;\n"}, {"migrations/1_a.down.sql", "SELECT 1;\n"}},
            "plain SQL", "migrations", "plain"},
        Shape{"Flyway",
            {{"src/main/resources/db/V1__a.sql", "SELECT 1;\n"},
                {"src/main/resources/db/R__v.sql", "SELECT 1;\n"}},
            "Flyway", "src/main/resources/db", "flyway"},
        Shape{"Prisma", {{"prisma/migrations/20250101_a/migration.sql", "SELECT 1;\n"}}, "Prisma",
            "prisma/migrations", "prisma"},
        Shape{"Diesel",
            {{"migrations/2025-01-01_a/up.sql", "SELECT 1;\n"},
                {"migrations/2025-01-01_a/down.sql", "SELECT 1;\n"}},
            "Diesel", "migrations", "diesel"},
        Shape{"Alembic",
            {{"api/alembic.ini", "[alembic]\n"},
                {"api/alembic/env.py", "os.environ['DATABASE_URL']"}},
            "Alembic",
            "cd 'api' && DATABASE_URL=\"postgresql${DATABASE_URL#postgres}\" alembic upgrade head",
            ""},
        Shape{"Sqitch",
            {{"sqitch.plan", "%project=a\n"}, {"deploy/a.sql", "SELECT 1;\n"},
                {"revert/a.sql", "SELECT 1;\n"}},
            "Sqitch", "sqitch deploy --target \"db:pg://$PGUSER@$PGHOST:$PGPORT/$PGDATABASE\"", ""},
        Shape{"Django", {{"manage.py", "import django\n"}}, "Django",
            "python3 manage.py migrate --noinput", ""},
        Shape{"Rails", {{"config/application.rb", "class A < Rails::Application\n"}}, "Rails",
            "bin/rails db:migrate", ""},
        Shape{"OneFile", {{"schema/schema.sql", "CREATE TABLE a ();\n"}}, "a schema in one file",
            "schema/schema.sql", "plain"},
        Shape{"OneFileForEachServer",
            {{"sql/mysql.sql", "CREATE TABLE a ();\n"}, {"sql/pg.sql", "CREATE TABLE a ();\n"},
                {"sql/pg.new.sql", "CREATE TABLE a ();\n"}},
            "a schema in one file", "sql/pg.sql", "plain"},
        Shape{"AFolderForEachServer",
            {{"SQL/mysql/2008.sql", "SELECT 1;\n"}, {"SQL/postgres/2008.sql", "SELECT 1;\n"},
                {"SQL/mysql.initial.sql", "CREATE TABLE a ();\n"},
                {"SQL/postgres.initial.sql", "CREATE TABLE a ();\n"}},
            "plain SQL", "SQL/postgres", "plain"},
        Shape{"DieselForEachServer",
            {{"migrations/mysql/1_a/up.sql", "SELECT 1;\n"},
                {"migrations/postgresql/1_a/up.sql", "SELECT 1;\n"}},
            "Diesel", "migrations/postgresql", "diesel"}),
    [](const auto& param) { return param.param.name; });

TEST(LayoutOfARepository, HasNoMigrationsWhereThereAreNone) {
  const Repository repository{Files{{"README.md", "hello\n"}, {"report.sql", "SELECT 1;\n"},
      {"node_modules/x/migrations/1_a.sql", "SELECT 1;\n"}}};
  EXPECT_FALSE(repository.layout().migrations.has_value());
  EXPECT_EQ(repository.layout().loose_sql, std::vector<fs::path>{"report.sql"});
}

TEST(LayoutOfARepository, TakesAFileForASchemaOnlyWhenItMakesTables) {
  const Repository repository{Files{{"privileges/schema.sql", "GRANT USAGE ON SCHEMA a TO b;\n"}}};
  EXPECT_FALSE(repository.layout().migrations.has_value());
}

TEST(LayoutOfARepository, SaysOfAlembicThatNobodyTellsItTheDatabase) {
  const Repository told{
      Files{{"alembic.ini", "x"}, {"alembic/env.py", "os.environ['DATABASE_URL']"}}};
  EXPECT_EQ(told.layout().migrations->note, "");
  EXPECT_TRUE(told.layout().migrations->goes_where_told);
  const Repository untold{
      Files{{"alembic.ini", "x"}, {"alembic/env.py", "config.get_main_option()"}}};
  EXPECT_NE(untold.layout().migrations->note.find("DATABASE_URL"), std::string::npos);
  EXPECT_FALSE(untold.layout().migrations->goes_where_told);
}

TEST(LayoutOfARepository, SaysOfDjangoThatNobodyTellsItTheDatabase) {
  const char* settings = "shop/settings.py";
  const Repository told{
      Files{{"manage.py", "import django"}, {settings, "dj_database_url.config()"}}};
  EXPECT_EQ(told.layout().migrations->note, "");
  EXPECT_TRUE(told.layout().migrations->goes_where_told);
  const Repository untold{Files{{"manage.py", "import django"}, {settings, "'HOST': 'db'"}}};
  EXPECT_NE(untold.layout().migrations->note.find("DATABASE_URL"), std::string::npos);
  EXPECT_FALSE(untold.layout().migrations->goes_where_told);
}

TEST(LayoutOfARepository, TellsOfSecondMigrationsItDoesNotTake) {
  const Repository repository{
      Files{{"sqitch.plan", "x"}, {"prisma/migrations/1_a/migration.sql", "SELECT 1;\n"}}};
  const Layout layout = repository.layout();
  EXPECT_EQ(layout.migrations->tool, "Sqitch");
  ASSERT_EQ(layout.other_migrations.size(), 1U);
  EXPECT_EQ(layout.other_migrations[0].tool, "Prisma");
}

TEST(LayoutOfARepository, ReadsTheServerOfAComposeFile) {
  const Repository repository{Files{{"docker-compose.yml",
      "services:\n  metrics:\n    image: prometheuscommunity/postgres-exporter\n"
      "  db:\n    <<: *x\n    image: \"postgis/postgis:15-3.3\" # old\n"}}};
  EXPECT_EQ(repository.layout().image, "postgis/postgis:15-3.3");
  EXPECT_EQ(repository.layout().compose.string(), "docker-compose.yml");
  EXPECT_EQ(Repository(Files{{"compose.yaml", "image: ${PG_IMAGE}\n"}}).layout().image, "");
  EXPECT_EQ(Repository(Files{{"compose.yaml", "#image: postgres:15\n"}}).layout().image, "");
}

TEST(LayoutOfARepository, FindsBackupScriptsByNameAndContent) {
  const Repository repository{Files{{"ops/backup_now.sh", "pg_dump app > x\n"},
      {"ops/backup_photos.sh", "tar cf photos\n"}, {"etc/pgbackrest.conf", "[global]\n"},
      {"docs/backup.md", "pg_dump\n"}, {"ops/pitr_restore", "pg_basebackup\n"}}};
  EXPECT_EQ(repository.layout().backups,
      (std::vector<fs::path>{"etc/pgbackrest.conf", "ops/backup_now.sh", "ops/pitr_restore"}));
}

TEST(LayoutOfARepository, NamesItsCi) {
  EXPECT_EQ(Repository(Files{{".gitlab-ci.yml", "x"}, {".github/CODEOWNERS", "x"}}).layout().ci,
      Ci::gitlab);
  EXPECT_EQ(Repository(Files{{".github/workflows/a.yml", "x"}}).layout().ci, Ci::github);
  EXPECT_EQ(Repository(Files{{"Jenkinsfile", "x"}}).layout().ci, Ci::jenkins);
  EXPECT_EQ(Repository(Files{{"README", "x"}}).layout().ci, Ci::none);
}

TEST(MajorVersion, IsReadFromTheTag) {
  EXPECT_EQ(major_version_of("postgres:15.4-alpine"), 15);
  EXPECT_EQ(major_version_of("registry.example:5000/postgres:16"), 16);
  EXPECT_EQ(major_version_of("registry.example:5000/postgres"), 0);
  EXPECT_EQ(major_version_of("timescale/timescaledb:2.11.0-pg15"), 15);
  EXPECT_EQ(major_version_of("pgvector/pgvector:pg16"), 16);
  EXPECT_EQ(major_version_of("postgres:latest"), 0);
}

TEST(SubjectName, IsWhatDrillYamlTakes) {
  EXPECT_EQ(subject_name("My_Shop 2"), "my-shop-2");
  EXPECT_EQ(subject_name("__"), "database");
  EXPECT_EQ(subject_name("a--b-"), "a-b");
}

}  // namespace
}  // namespace pgrehearse
