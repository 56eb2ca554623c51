#include "harness/backup/make_backup_tool.hpp"

#include <cstdlib>
#include <optional>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

std::optional<Error> refusal(const std::string& tool, std::map<std::string, std::string> settings) {
  try {
    (void)make_backup_tool({.tool = tool, .settings = std::move(settings)}, {});
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

TEST(MakeBackupTool, KnowsEveryTool) {
  EXPECT_EQ(make_backup_tool({}, {})->properties().name, "pg_basebackup");
  const auto pgbackrest = make_backup_tool({.tool = "pgbackrest"}, {})->properties();
  EXPECT_TRUE(pgbackrest.encrypted && pgbackrest.incremental && pgbackrest.point_in_time);
  const auto barman = make_backup_tool({.tool = "barman"}, {})->properties();
  EXPECT_TRUE(barman.physical && barman.point_in_time);
  EXPECT_FALSE(barman.encrypted || barman.incremental || barman.uses_witness_archive);
  const auto dump = make_backup_tool({.tool = "pg_dump"}, {})->properties();
  EXPECT_FALSE(dump.physical || dump.point_in_time || dump.encrypted);
}

TEST(MakeBackupTool, NamesTheToolThatWasMeant) {
  const auto error = refusal("pgbackrst", {});
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code(), ErrorCode::bad_config);
  EXPECT_NE(error->hint().find("Did you mean 'pgbackrest'?"), std::string::npos);
}

TEST(MakeBackupTool, RefusesSettingsThatTheToolDoesNotHave) {
  const auto error = refusal("pgbackrest", {{"proces-max", "2"}});
  ASSERT_TRUE(error.has_value());
  EXPECT_NE(error->hint().find("Did you mean 'process-max'?"), std::string::npos);
  EXPECT_TRUE(refusal("pg_basebackup", {{"checkpoint", "slow"}}).has_value());
  EXPECT_TRUE(refusal("pg_basebackup", {{"type", "incr"}}).has_value());
  EXPECT_TRUE(refusal("barman", {{"type", "incr"}}).has_value());
  EXPECT_TRUE(refusal("pg_dump", {{"jobs", "0"}}).has_value());
  EXPECT_TRUE(refusal("pg_dump", {{"jobs", "2x"}}).has_value());
  EXPECT_TRUE(refusal("command", {{"checkpoint", "fast"}}).has_value());
  EXPECT_FALSE(refusal("pg_dump", {{"jobs", "2"}, {"format", "directory"}}).has_value());
}

TEST(MakeBackupTool, KeepsOptionsOnTheirOwnLine) {
  EXPECT_TRUE(refusal("pgbackrest", {{"process-max", "2\nrepo1-path=/elsewhere"}}).has_value());
}

TEST(MakeBackupTool, ReadsThePassphraseFromTheVariableThatIsNamed) {
  unsetenv("PGREHEARSE_TEST_PASSPHRASE");
  const auto error = refusal("pgbackrest", {{"passphrase_env", "PGREHEARSE_TEST_PASSPHRASE"}});
  ASSERT_TRUE(error.has_value());
  EXPECT_NE(error->message().find("is not set"), std::string::npos);
  setenv("PGREHEARSE_TEST_PASSPHRASE", "words", 1);
  EXPECT_FALSE(refusal("pgbackrest", {{"passphrase_env", "PGREHEARSE_TEST_PASSPHRASE"}}));
  EXPECT_TRUE(refusal(
      "pgbackrest", {{"passphrase_env", "PGREHEARSE_TEST_PASSPHRASE"}, {"cipher", "none"}}));
  unsetenv("PGREHEARSE_TEST_PASSPHRASE");
}

TEST(KindWanted, IsFullUnlessTheSettingsSayMore) {
  EXPECT_EQ(kind_wanted({}), BackupKind::full);
  EXPECT_EQ(kind_wanted({.tool = "pgbackrest", .settings = {{"type", "diff"}}}), BackupKind::diff);
  EXPECT_EQ(kind_wanted({.tool = "pgbackrest", .settings = {{"type", "incr"}}}), BackupKind::incr);
}

}  // namespace
}  // namespace pgrehearse
