#include "harness/drill/roll_back.hpp"

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/drill/migrate.hpp"
#include "tests/unit/pg/private_server.hpp"

namespace pgrehearse {
namespace {

class DownSection : public testing::Test {
 protected:
  std::string down_of(const char* name, std::string_view text, MigrationFormat format) const {
    write_file(folder_.path() / name, text);
    const auto down = down_section({"1", name, folder_.path() / name, format});
    return down ? down->sql : "none";
  }

  TempDir folder_{"down"};
};

TEST_F(DownSection, IsWhatTheFormatHasForIt) {
  EXPECT_EQ(down_of("1_a.sql", "-- migrate:up\nA;\n-- migrate:down\nB;\n", MigrationFormat::dbmate),
      "B;\n");
  write_file(folder_.path() / "2_b.down.sql", "C;\n");
  EXPECT_EQ(down_of("2_b.sql", "A;\n", MigrationFormat::plain), "C;\n");
  EXPECT_EQ(down_of("2_b.up.sql", "A;\n", MigrationFormat::plain), "C;\n");
  write_file(folder_.path() / "down.sql", "D;\n");
  EXPECT_EQ(down_of("up.sql", "A;\n", MigrationFormat::diesel), "D;\n");
}

TEST_F(DownSection, IsNoneWhereItSaysNothing) {
  EXPECT_EQ(down_of("1_a.sql", "-- migrate:up\nA;\n-- migrate:down\n-- not possible\n",
                MigrationFormat::dbmate),
      "none");
  EXPECT_EQ(down_of("1_a.sql", "-- migrate:up\nA;\n", MigrationFormat::dbmate), "none");
  EXPECT_EQ(down_of("3_c.sql", "A;\n", MigrationFormat::plain), "none");
  EXPECT_EQ(down_of("V4__d.sql", "A;\n", MigrationFormat::flyway), "none");
}

TEST(RollBack, TakesTheLastMigrationBackFirst) {
  const TempDir folder{"migrations"};
  Subject subject{.name = "x", .folder = folder.path()};
  subject.migrate.directory = ".";
  write_file(folder.path() / "1_a.sql",
      "-- migrate:up\nCREATE TABLE a (i int PRIMARY KEY);\n"
      "-- migrate:down\nDROP TABLE a;\n");
  write_file(folder.path() / "2_b.sql",
      "-- migrate:up\nCREATE TABLE b (i int REFERENCES a);\n"
      "-- migrate:down\nDROP TABLE b;\n");
  const PrivateServer server;
  HookContext context;
  context.connection = server.connection();
  const MigrationOutcome applied = migrate(subject, context);
  EXPECT_EQ(why_no_rollback(subject, applied.versions), "");
  roll_back(subject, applied.versions, context);
  EXPECT_EQ(Session{context.connection}.value("SELECT count(*) FROM pg_class WHERE relname IN "
                                              "('a', 'b')"),
      "0");
  EXPECT_EQ(migrate(subject, context).applied, 2) << "they are struck from the ledger";

  write_file(folder.path() / "2_b.sql", "-- migrate:up\nSELECT 1;\n");
  EXPECT_EQ(why_no_rollback(subject, {"1", "2"}), "'2_b.sql' does not say how it is taken back");
  EXPECT_EQ(why_no_rollback(subject, {"1"}), "");
}

}  // namespace
}  // namespace pgrehearse
