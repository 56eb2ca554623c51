#include "harness/drill/edited_migrations.hpp"

#include <gtest/gtest.h>

#include "harness/base/files.hpp"

namespace pgrehearse {
namespace {

class EditedMigrations : public testing::Test {
 protected:
  EditedMigrations() {
    for (Subject* subject : {&base_, &now_}) {
      subject->folder = folder_.path() / (subject == &base_ ? "base" : "now");
      subject->migrate.directory = "m";
      std::filesystem::create_directories(subject->folder / "m");
    }
  }
  static void put(const Subject& subject, const char* name, std::string_view text) {
    write_file(subject.folder / "m" / name, text);
  }
  void both_are(MigrationFormat format) { base_.migrate.format = now_.migrate.format = format; }
  std::vector<std::string> edited() const { return edited_migrations(base_, now_); }

  TempDir folder_{"edited"};
  Subject base_;
  Subject now_;
};

using Names = std::vector<std::string>;

TEST_F(EditedMigrations, AreThoseThatRunAnotherSqlOrAreGone) {
  put(base_, "1_a.sql", "-- migrate:up\nA;\n");
  put(base_, "2_b.sql", "-- migrate:up\nB;\n");
  put(base_, "3_c.sql", "-- migrate:up\nC;\n");
  put(now_, "1_a.sql", "-- migrate:up\nA;\n");
  put(now_, "2_b.sql", "-- migrate:up\nB;\nBB;\n");
  put(now_, "4_d.sql", "-- migrate:up\nD;\n");
  EXPECT_EQ(edited(), (Names{"2_b.sql was edited", "3_c.sql is gone"}));
}

TEST_F(EditedMigrations, AreNotThoseOfWhichOnlyWordsChanged) {
  put(base_, "1_a.sql", "-- migrate:up\nA;\n-- migrate:down\nZ;\n");
  put(now_, "1_renamed.sql", "-- why\n-- migrate:up\n\n-- what\n  A;  \n-- migrate:down\nY;\n");
  EXPECT_EQ(edited(), Names{});
}

TEST_F(EditedMigrations, AreNotThoseThatFlywayRunsAgain) {
  both_are(MigrationFormat::flyway);
  for (const char* name : {"V1__a.sql", "R__view.sql"}) {
    put(base_, name, "A;\n");
    put(now_, name, "B;\n");
  }
  EXPECT_EQ(edited(), Names{"V1__a.sql was edited"});
}

TEST_F(EditedMigrations, AreNotLookedForInOneFileWithTheWholeSchema) {
  put(base_, "schema.sql", "A;\n");
  put(now_, "schema.sql", "B;\n");
  base_.migrate.directory = now_.migrate.directory = "m/schema.sql";
  EXPECT_EQ(edited(), Names{});
}

}  // namespace
}  // namespace pgrehearse
