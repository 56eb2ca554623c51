// The backup tools under the contract, and what only one of them has.
#include <cstdlib>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/incident/damage.hpp"
#include "tests/contract/backup_tool_contract.hpp"

namespace pgrehearse {
namespace {

BackupToolUnderTest dump(const std::string& format) {
  return {.name = "pg_dump_" + format,
      .config = {.tool = "pg_dump", .settings = {{"format", format}}},
      .plain_at_rest = format == "plain" || format == "tar"};
}

// Uncompressed, so that only the cipher keeps texts from being read; without retries, which would
// take 15 s each.
BackupToolUnderTest pgbackrest(const std::string& cipher) {
  return {.name = cipher == "none" ? "pgbackrest_plain" : "pgbackrest",
      .config = {.tool = "pgbackrest",
          .settings = {{"cipher", cipher}, {"compress-type", "none"}, {"job-retry", "0"}}},
      .plain_at_rest = cipher == "none"};
}

BackupToolUnderTest barman() {
  return {.name = "barman", .config = {.tool = "barman"}, .plain_at_rest = true};
}

BackupToolUnderTest command(const std::string& kind) {
  BackupToolUnderTest tool{.name = "command_" + kind,
      .config = {.tool = "command"},
      .plain_at_rest = kind == "physical"};
  const std::string folder =
      std::string{PGREHEARSE_SOURCE_DIR} + "/fixtures/backup-scripts/" + kind;
  tool.config.scripts = {.take = {"./take"},
      .restore = {"./restore"},
      .list = {"./list"},
      .verify = {"./verify"},
      .physical = kind == "physical",
      .folder = folder};
  return tool;
}

BackupToolUnderTest own_archive_command() {
  BackupToolUnderTest tool = command("physical");
  tool.name = "command_own_archive";
  tool.config.scripts.archive =
      R"(test ! -e "$PGREHEARSE_ARCHIVE/%f" && cp "%p" "$PGREHEARSE_ARCHIVE/%f")";
  return tool;
}

BackupToolUnderTest in_docker(BackupToolUnderTest tool) {
  tool.name += "_in_docker";
  tool.engine = "docker";
  return tool;
}

INSTANTIATE_TEST_SUITE_P(Base, BackupToolContract,
    testing::Values(BackupToolUnderTest{.name = "pg_basebackup", .plain_at_rest = true}),
    suffix_of);
INSTANTIATE_TEST_SUITE_P(
    Pgbackrest, BackupToolContract, testing::Values(pgbackrest("aes-256-cbc")), suffix_of);
INSTANTIATE_TEST_SUITE_P(Barman, BackupToolContract, testing::Values(barman()), suffix_of);
INSTANTIATE_TEST_SUITE_P(Dump, BackupToolContract,
    testing::Values(dump("custom"), dump("directory"), dump("plain"), dump("tar")), suffix_of);
INSTANTIATE_TEST_SUITE_P(Command, BackupToolContract,
    testing::Values(command("physical"), command("logical")), suffix_of);
INSTANTIATE_TEST_SUITE_P(Docker, BackupToolInstance,
    testing::Values(in_docker({.name = "pg_basebackup"}), in_docker(pgbackrest("aes-256-cbc")),
        in_docker(barman()), in_docker(dump("custom")), in_docker(command("logical"))),
    suffix_of);
INSTANTIATE_TEST_SUITE_P(
    OwnArchive, BackupToolInstance, testing::Values(own_archive_command()), suffix_of);
INSTANTIATE_TEST_SUITE_P(
    Pgbackrest, IncrementalBackupTool, testing::Values(pgbackrest("aes-256-cbc")), suffix_of);

class EncryptedBackupTool : public BackupToolContract {};

INSTANTIATE_TEST_SUITE_P(
    Pgbackrest, EncryptedBackupTool, testing::Values(pgbackrest("aes-256-cbc")), suffix_of);

TEST_P(EncryptedBackupTool, RefusesAnotherPassphrase) {
  const BackupSet set = take("full-1");
  const std::unique_ptr<BackupTool> other = another_tool(GetParam().config);
  try {
    (void)other->list(beside_the_source());
    FAIL() << "another passphrase opens the repository";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::backup_unusable) << error.what();
  }
  EXPECT_FALSE(other->verify(beside_the_source(), set).usable);
  try {
    restore_only(*other, set);
    FAIL() << "another passphrase restores the set";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::backup_unusable) << error.what();
  }
  EXPECT_TRUE(nothing_is_left());
}

TEST_P(EncryptedBackupTool, ShowsThePassphraseToNobodyElse) {
  setenv("PGREHEARSE_TEST_PASSPHRASE", "correct-horse-battery-staple", 1);
  BackupToolConfig config = GetParam().config;
  config.settings["passphrase_env"] = "PGREHEARSE_TEST_PASSPHRASE";
  const std::unique_ptr<BackupTool> named = another_tool(config);
  unsetenv("PGREHEARSE_TEST_PASSPHRASE");
  EXPECT_THROW((void)named->list(beside_the_source()), Error);  // it writes its configuration first
  constexpr const char* modes_of_files_with_it =
      R"(find "$1" -type f -exec grep -lF correct-horse-battery-staple {} + | xargs -r stat -c %a)";
  const Completed found =
      beside_the_source().exec({.argv = {"sh", "-c", modes_of_files_with_it, "sh",
                                    beside_the_source().path_of(Place::scratch)}});
  EXPECT_EQ(trimmed(found.out), "600");
}

class PgbackrestAnswers : public BackupToolContract {
 protected:
  /// The status that the answer comes with, beside what the answer says.
  int status_of(const std::string& word) {
    return beside_the_source()
        .exec({.argv = {"pgbackrest",
                   "--config=" + beside_the_source().path_of(Place::scratch) + "/pgbackrest.conf",
                   "--stanza=drill", "--output=" + std::string{word == "info" ? "json" : "text"},
                   word}})
        .status;
  }
};

INSTANTIATE_TEST_SUITE_P(
    Pgbackrest, PgbackrestAnswers, testing::Values(pgbackrest("none")), suffix_of);

TEST_P(PgbackrestAnswers, AreReadWhereItExits0WithAnError) {
  const BackupSet set = take("full-1");
  cut_in_half(
      beside_the_source(), largest_file_of(beside_the_source(), path_in_backups(set.folder)));
  ASSERT_EQ(status_of("verify"), 0);
  EXPECT_FALSE(tool().verify(beside_the_source(), set).usable);

  for (const char* copy : {"backup.info", "backup.info.copy"}) {
    cut_in_half(beside_the_source(), path_in_backups("pgbackrest/backup/drill/") + copy);
  }
  ASSERT_EQ(status_of("info"), 0);
  try {
    (void)tool().list(beside_the_source());
    FAIL() << "a catalogue that cannot be read is believed";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::backup_unusable) << error.what();
  }
}

TEST_P(PgbackrestAnswers, CountDamagedPagesAgainstASetThatWasTaken) {
  source().connect().exec("CHECKPOINT");
  flip_in_the_middle(beside_the_source(),
      source().data_path() + "/" +
          source().connect("app").value("SELECT pg_relation_filepath('visit')"));
  EXPECT_FALSE(take("full-1").complaints.empty());
}

}  // namespace
}  // namespace pgrehearse
