#include "harness/backup/pgbackrest_answers.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

constexpr const char* two_backups =
    R"([{"archive":[{"database":{"id":1,"repo-key":1},"id":"14-1"},{"database":{"id":2,"repo-key":1},"id":"15-2"}],)"
    R"("backup":[{"archive":{"start":"000000010000000000000002","stop":"000000010000000000000003"},)"
    R"("database":{"id":2,"repo-key":1},"error":false,"info":{"delta":9,"size":23213859},"label":"20261121-115138F",)"
    R"("lsn":{"start":"0/2000028","stop":"0/3000050"},"prior":null,)"
    R"("timestamp":{"start":1795261898,"stop":1795261901},"type":"full"},)"
    R"({"archive":{"start":"0000000A0000000000000004","stop":"0000000A0000000000000005"},)"
    R"("error":true,"info":{"delta":9,"size":5},"label":"20261121-115138F_20261121-115141I",)"
    R"("lsn":{"start":"0/4000028","stop":"0/5000050"},"prior":"20261121-115138F",)"
    R"("timestamp":{"start":1795261901,"stop":1795261903},"type":"incr"}],)"
    R"("name":"drill","repo":[{"key":1,"status":{"code":0}}],"status":{"code":0}}])";

ErrorCode code_of(const std::string& json) {
  try {
    (void)backups_in_info(json, "drill");
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

std::string status(int stanza, int repository) {
  return R"([{"name":"drill","backup":[],"repo":[{"status":{"code":)" + std::to_string(repository) +
         R"(}}],"status":{"code":)" + std::to_string(stanza) + "}}]";
}

TEST(BackupsInInfo, AreReadOldestFirst) {
  const std::vector<PgbackrestBackup> backups = backups_in_info(two_backups, "drill");
  ASSERT_EQ(backups.size(), 2U);
  EXPECT_EQ(backups[0].label, "20261121-115138F");
  EXPECT_EQ(backups[0].type, "full");
  EXPECT_EQ(backups[0].start, Lsn::parse("0/2000028"));
  EXPECT_EQ(backups[0].stop, Lsn::parse("0/3000050"));
  EXPECT_EQ(backups[0].bytes, 23213859);
  EXPECT_FALSE(backups[0].damaged);
  EXPECT_EQ(backups[0].prior, "");
  EXPECT_EQ(backups[0].last_segment, "000000010000000000000003");
  EXPECT_EQ(backups[0].archive_id, "15-2");
  EXPECT_EQ(backups[1].archive_id, "") << "it was not told";
  EXPECT_EQ(backups[1].prior, backups[0].label);
  EXPECT_EQ(backups[1].stopped, Timestamp::parse("2026-11-21 11:51:43+00"));
  EXPECT_EQ(backups[1].timeline, TimelineId{10});
  EXPECT_TRUE(backups[1].damaged);
}

TEST(BackupsInInfo, AreNoneInANewStanza) {
  EXPECT_TRUE(backups_in_info(status(2, 2), "drill").empty());
}

TEST(BackupsInInfo, AreNotBelievedWhenAStatusIsNotNought) {
  EXPECT_EQ(code_of(status(99, 99)), ErrorCode::backup_unusable);
  EXPECT_EQ(code_of(status(0, 99)), ErrorCode::backup_unusable);
  EXPECT_TRUE(backups_in_info(status(0, 0), "drill").empty());
}

TEST(BackupsInInfo, AreNotReadOutOfUndecipheredBytes) {
  EXPECT_EQ(code_of("[{\"name\":\"\xf5\xff\"}]"), ErrorCode::backup_unusable);
  EXPECT_EQ(code_of(""), ErrorCode::backup_unusable);
}

TEST(BackupsInInfo, NeedTheStanzaAndAKnownForm) {
  EXPECT_EQ(code_of("[]"), ErrorCode::program_failed);
  EXPECT_EQ(code_of(R"([{"name":"drill"}])"), ErrorCode::program_failed);
}

std::string verify_text(const std::string& status, int valid_wal) {
  return "stanza: drill\nstatus: ok\n  archiveId: 15-1, total WAL checked: 9, total valid WAL: " +
         std::to_string(valid_wal) +
         "\n  backup: 20261121-115138F, status: valid, total files checked: 9\n"
         "  backup: 20261121-115138F_20261121-115141I, status: " +
         status + ", total files checked: 9, total valid files: 9\n";
}

BackupVerification verified(
    const std::string& out, const std::string& label, const std::string& log = {}) {
  return verification_in({out, log}, label, "000000010000000000000005");
}

TEST(VerificationIn, IsOfTheNamedSetAlone) {
  EXPECT_TRUE(verified(verify_text("invalid", 9), "20261121-115138F").usable);
  const BackupVerification damaged =
      verified(verify_text("invalid", 9), "20261121-115138F_20261121-115141I");
  EXPECT_FALSE(damaged.usable);
  EXPECT_EQ(damaged.problem, "pgbackrest verify finds the set invalid");
}

TEST(VerificationIn, TakesNothingButValidForUsable) {
  EXPECT_FALSE(verified(verify_text("in-progress", 9), "20261121-115138F_20261121-115141I").usable);
  EXPECT_FALSE(verified(verify_text("valid", 9), "20261121-120000F").usable);
  EXPECT_FALSE(verified("", "20261121-115138F").usable);
}

TEST(VerificationIn, CountsDamagedWal) {
  EXPECT_FALSE(verified(verify_text("valid", 8), "20261121-115138F").usable);
}

// As 2.45 writes it.
std::string invalid(const std::string& file) {
  return "INFO: invalid result 15-1/" + file +
         ": [29] raised from local-1 protocol: lz4 error: [-18] ERROR_contentChecksum_invalid\n"
         "      [FormatError] on retry after 0ms\n";
}

TEST(VerificationIn, LeavesOutWalFromBeforeTheBackup) {
  const std::string label = "20261121-115138F";
  const std::string old = invalid("0000000100000000/000000010000000000000004-98367abc.lz4");
  const std::string needed = invalid("0000000100000000/000000010000000000000005-98367abc.lz4");
  EXPECT_TRUE(verified(verify_text("valid", 8), label, old).usable);
  EXPECT_FALSE(verified(verify_text("valid", 8), label, needed).usable);
  EXPECT_FALSE(verified(verify_text("valid", 7), label, old + needed).usable);
  EXPECT_FALSE(verified(verify_text("valid", 7), label, old + old).usable) << "the same one twice";
  EXPECT_FALSE(
      verified(verify_text("valid", 8), label, invalid("backup/pg_data/base/1.lz4")).usable);
  EXPECT_FALSE(
      verified(verify_text("invalid", 8), "20261121-115138F_20261121-115141I", old).usable);
}

TEST(PgbackrestComplaints, AreWarningsAndErrorsWithoutUndecipheredBytes) {
  EXPECT_EQ(pgbackrest_complaints("INFO: fine\nWARN: repo1: \xff secret\n      HINT: no\n"
                                  "ERROR: [075]: backup set is not valid\n"),
      (std::vector<std::string>{"WARN: repo1: ", "ERROR: [075]: backup set is not valid"}));
}

TEST(MeansUnusable, IsSaidOfTheSetAndNotOfTheHost) {
  for (const int status : {26, 29, 55, 75, 95}) {
    EXPECT_TRUE(means_unusable(status)) << status;
  }
  for (const int status : {0, 1, 31, 40, 41, 47, 50, 63, 127}) {
    EXPECT_FALSE(means_unusable(status)) << status;
  }
}

}  // namespace
}  // namespace pgrehearse
