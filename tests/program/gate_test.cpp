// The gate on schema changes, in a repository of its own: a good change passes, and each change
// that only a restore shows to be bad is red at its check, with a message that names the cause.
#include "tests/program/gate.hpp"

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/crypto/sha256.hpp"
#include "tests/program/program_run.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

class Gate : public GateTest {};

TEST_F(Gate, LetsAGoodChangePass) {
  migration("ALTER TABLE public.notes ADD COLUMN stars int NOT NULL DEFAULT 0;",
      "ALTER TABLE public.notes DROP COLUMN stars;");
  const auto verdicts = gated();
  EXPECT_EQ(verdicts.at("exit"), "0") << said_;
  EXPECT_EQ(verdicts.at("migrations-applied"), "met");
  EXPECT_EQ(verdicts.at("rollback"), "met");
  EXPECT_EQ(verdicts.at("incident-undone"), "met") << "the accident is drilled on the result";
  EXPECT_NE(said_.find("changed since main: migrations/0002_change.sql"), std::string::npos)
      << said_;
}

TEST_F(Gate, StopsAMigrationThatCannotRunOnRealRows) {
  migration("ALTER TABLE public.notes ADD COLUMN stars int NOT NULL;");
  const auto verdicts = gated_alone();
  EXPECT_EQ(verdicts.at("exit"), "1");
  EXPECT_EQ(verdicts.at("migrations-applied"), "missed") << said_;
  EXPECT_NE(said_.find("'0002_change.sql' failed with SQLSTATE 23502"), std::string::npos) << said_;
}

TEST_F(Gate, StopsAFunctionThatFindsItsTablesBySearchPath) {
  migration(
      "CREATE FUNCTION public.is_noted(id bigint) RETURNS boolean LANGUAGE plpgsql AS "
      "'BEGIN RETURN EXISTS (SELECT FROM notes WHERE note_id = id); END';"
      "CREATE TABLE public.stars (note bigint CHECK (public.is_noted(note)));"
      "INSERT INTO public.stars SELECT note_id FROM public.notes;");
  EXPECT_EQ(gated_alone().at("restore-completed"), "missed") << said_;
  EXPECT_NE(said_.find("relation \"notes\" does not exist"), std::string::npos) << said_;
}

TEST_F(Gate, StopsAConstraintThatNoRestoredRowSatisfies) {
  migration(
      "CREATE FUNCTION public.is_short(body text) RETURNS boolean IMMUTABLE LANGUAGE sql AS "
      "'SELECT true';"
      "ALTER TABLE public.notes ADD CONSTRAINT short_notes CHECK (public.is_short(body));"
      "CREATE OR REPLACE FUNCTION public.is_short(body text) RETURNS boolean IMMUTABLE LANGUAGE "
      "sql AS 'SELECT length(body) < 5';");
  EXPECT_EQ(gated_alone().at("restore-completed"), "missed") << said_;
  EXPECT_NE(said_.find("violates check constraint \"short_notes\""), std::string::npos) << said_;
}

TEST_F(Gate, StopsAForeignKeyWhoseParentsWereFilteredAway) {
  migration(
      "CREATE TABLE public.stars (note bigint CONSTRAINT of_a_note REFERENCES public.notes);"
      "SET LOCAL session_replication_role = replica;"
      "INSERT INTO public.stars VALUES (-1);");
  EXPECT_EQ(gated_alone().at("restore-completed"), "missed") << said_;
  EXPECT_NE(said_.find("violates foreign key constraint \"of_a_note\""), std::string::npos)
      << said_;
}

TEST_F(Gate, StopsARollbackThatLosesRows) {
  migration("ALTER TABLE public.notes ADD COLUMN stars int NOT NULL DEFAULT 0;",
      "DELETE FROM public.notes WHERE stars = 0; ALTER TABLE public.notes DROP COLUMN stars;");
  const auto verdicts = gated_alone();
  EXPECT_EQ(verdicts.at("rollback"), "missed") << said_;
  EXPECT_EQ(verdicts.at("content"), "met");
}

TEST_F(Gate, StopsAnEditOfAMigrationThatHasRun) {
  const fs::path first = sandbox_.subject() / "migrations" / "0001_notes.sql";
  const std::string text = read_file(first);
  const std::size_t end = text.find("-- migrate:down");
  write_file(first, text.substr(0, end) + "CREATE TABLE public.stars ();\n" +
                        (end == std::string::npos ? "" : text.substr(end)));
  const auto verdicts = gated_alone();
  EXPECT_EQ(verdicts.at("exit"), "1");
  EXPECT_EQ(verdicts.at("migrations-unedited"), "missed") << said_;
  EXPECT_EQ(verdicts.at("from-nothing"), "missed") << "new databases are others than old ones";
  EXPECT_EQ(verdicts.at("content"), "met");
}

TEST_F(Gate, StopsASeedThatTheNewMigrationsLeaveNoRoomFor) {
  migration(
      "ALTER TABLE public.notes ADD COLUMN stars int;"
      "UPDATE public.notes SET stars = 0;"
      "ALTER TABLE public.notes ALTER COLUMN stars SET NOT NULL;");
  EXPECT_EQ(gated_alone().at("from-nothing"), "missed") << said_;
  EXPECT_NE(said_.find("SQLSTATE 23502"), std::string::npos) << said_;
}

TEST_F(Gate, AsksNoRollbackOfWhoeverClaimsNone) {
  migration("ALTER TABLE public.notes ADD COLUMN stars int NOT NULL DEFAULT 0;");
  const auto verdicts = gated_alone();
  EXPECT_EQ(verdicts.at("exit"), "0") << said_;
  EXPECT_EQ(verdicts.count("rollback"), 0U);
}

TEST_F(Gate, KeepsAGoldenBackupOfAReleaseAndDrillsItEverAfter) {
  const fs::path drill_yaml = sandbox_.subject() / "drill.yaml";
  write_file(drill_yaml, read_file(drill_yaml) + "golden: {path: golden}\n");
  commit("golden backups");
  const std::string both = "--gtest_filter=SchemaChange.*:GoldenBackups.*";
  EXPECT_EQ(gated({"--gtest_filter=GoldenBackups.*"}).at("backup-found"), "missed") << said_;
  EXPECT_EQ(gated({both, "--keep-golden", "v1"}).at("exit"), "0") << said_;
  const fs::path kept = sandbox_.subject() / "golden" / "v1";
  EXPECT_EQ(read_file(kept / "globals.sql").find("PASSWORD"), std::string::npos);
  EXPECT_EQ(gated({both, "--keep-golden", "v1"}).at("exit"), "64");
  EXPECT_NE(said_.find("there is a golden backup of 'v1' already"), std::string::npos) << said_;

  migration("ALTER TABLE public.notes ADD COLUMN stars int NOT NULL DEFAULT 0;");
  const auto next = gated({"--gtest_filter=GoldenBackups.*"});
  EXPECT_EQ(next.at("exit"), "0") << said_;
  EXPECT_EQ(next.at("migrations-applied"), "met") << "on the release of before";
  migration("ALTER TABLE public.notes ADD COLUMN stars int NOT NULL;");
  EXPECT_EQ(gated({"--gtest_filter=GoldenBackups.*"}).at("migrations-applied"), "missed") << said_;

  // As if the release had been made with an image that has an older extension.
  std::string baseline = read_file(kept / "baseline.json");
  std::string seal = read_file(kept / "golden.json");
  const std::string digest = sha256_hex(baseline);
  baseline.replace(baseline.find("\"(1.0,", baseline.find("extension plpgsql")), 6, "\"(0.9,");
  write_file(kept / "baseline.json", baseline);
  migration("SELECT 1;");
  EXPECT_EQ(gated({"--gtest_filter=GoldenBackups.*"}).at("backup-verified"), "missed") << said_;
  write_file(
      kept / "golden.json", seal.replace(seal.find(digest), digest.size(), sha256_hex(baseline)));
  EXPECT_EQ(gated({"--gtest_filter=GoldenBackups.*"}).at("exit"), "0") << said_;
  EXPECT_NE(
      record_.find("extension plpgsql is of another version on this image"), std::string::npos);

  fs::remove(kept / "globals.sql");
  EXPECT_EQ(gated({"--gtest_filter=GoldenBackups.*"}).at("backup-verified"), "missed") << said_;
}

TEST_F(Gate, HasNothingToDoWhereNothingItLooksAtHasChanged) {
  write_file(sandbox_.subject() / "README.md", "words\n");
  commit("words");
  const auto verdicts = gated({"--affected"});
  EXPECT_EQ(verdicts.at("exit"), "0") << said_;
  EXPECT_EQ(verdicts.at("affected"), "met");
  EXPECT_EQ(verdicts.count("content"), 0U);

  migration("ALTER TABLE public.notes ADD COLUMN stars int NOT NULL;");  // not even committed
  EXPECT_EQ(gated({"--affected", "--gtest_filter=SchemaChange.*"}).at("exit"), "1") << said_;
}

TEST_F(Gate, RunsItsOwnCasesSideBySide) {
  migration("SELECT 1;");
  const auto verdicts = gated({"--jobs", "2"});
  EXPECT_EQ(verdicts.at("exit"), "0") << said_;
  EXPECT_NE(said_.find(": 2 cases, 2 at a time"), std::string::npos) << said_;
}

TEST_F(Gate, SaysWhyItCannotFindTheBase) {
  base_ = "mian";
  EXPECT_EQ(gated().at("exit"), "64");
  EXPECT_NE(said_.find("Did you mean 'main'?"), std::string::npos) << said_;
  EXPECT_NE(said_.find("git fetch origin main"), std::string::npos) << said_;
}

}  // namespace
}  // namespace pgrehearse
