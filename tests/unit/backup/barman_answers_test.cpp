#include "harness/backup/barman_answers.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

constexpr const char* done =
    R"({"drill": {"backup_id": "20261121T193408", "base_backup_information": {"begin_lsn": "0/3000028",)"
    R"( "disk_usage_bytes": 23392615, "end_lsn": "0/4000000", "timeline": 10}, "status": "DONE"}})";

template <typename Body>
ErrorCode code_of(Body&& body) {
  try {
    std::forward<Body>(body)();
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

ErrorCode code_of_list(const std::string& json) {
  return code_of([&] { (void)labels_in_list(json, "drill"); });
}

TEST(LabelsInList, AreThoseOfFinishedSetsOldestFirst) {
  EXPECT_EQ(labels_in_list(R"({"drill": [{"backup_id": "20261121T193553", "status": "DONE"},)"
                           R"({"backup_id": "20261121T193552", "status": "WAITING_FOR_WALS"},)"
                           R"({"backup_id": "20261121T193551", "status": "EMPTY"},)"
                           R"({"backup_id": "20261121T193550", "status": "FAILED"},)"
                           R"({"backup_id": "20261121T193408", "status": "DONE"}]})",
                "drill"),
      (std::vector<std::string>{"20261121T193408", "20261121T193553"}));
  EXPECT_TRUE(labels_in_list(R"({"drill": []})", "drill").empty());
}

// The list is there all the same, and empty.
TEST(LabelsInList, AreNotBelievedBesideAnException) {
  EXPECT_EQ(code_of_list(R"({"_EXCEPTION": ["'utf-8' codec"], "drill": []})"),
      ErrorCode::backup_unusable);
  EXPECT_EQ(code_of_list(""), ErrorCode::backup_unusable);
}

TEST(LabelsInList, NeedTheServerAndAKnownForm) {
  EXPECT_EQ(code_of_list("{}"), ErrorCode::program_failed);
  EXPECT_EQ(code_of_list(R"({"drill": [{"backup_id": "x"}]})"), ErrorCode::program_failed);
}

TEST(BackupInShow, IsReadWhenItIsDone) {
  const BarmanBackup backup = backup_in_show(done, "drill");
  EXPECT_EQ(backup.label, "20261121T193408");
  EXPECT_EQ(backup.start, Lsn::parse("0/3000028"));
  EXPECT_EQ(backup.stop, Lsn::parse("0/4000000"));
  EXPECT_EQ(backup.timeline, TimelineId{10});
  EXPECT_EQ(backup.bytes, 23392615);
}

TEST(BackupInShow, IsNoSetWhenItIsNotDone) {
  for (const char* json : {R"({"drill": {"backup_id": "x", "error": "y", "status": "FAILED"}})",
           R"({"drill": {"status": "DONE"}})", "{}", ""}) {
    EXPECT_EQ(code_of([&] { (void)backup_in_show(json, "drill"); }), ErrorCode::program_failed)
        << json;
  }
}

TEST(BarmanComplaints, AreThoseOfPgVerifybackupToo) {
  EXPECT_EQ(
      barman_complaints("ERROR: verify backup failure on directory 'x'\n"
                        "ERROR: \npg_verifybackup: error: checksum mismatch for file \"b\xff\n"
                        "DETAILS: more\nWARNING: IMPORTANT\n"),
      (std::vector<std::string>{"ERROR: verify backup failure on directory 'x'", "ERROR: ",
          "pg_verifybackup: error: checksum mismatch for file \"b", "WARNING: IMPORTANT"}));
}

TEST(WithRestoreCommand, ReplacesTheOneThatMustBeReviewed) {
  EXPECT_EQ(with_restore_command("# kept\n"
                                 "restore_command = 'sudo -u barman barman get-wal -P drill %f > "
                                 "%p'\nrecovery_target_name = 'r1'\n",
                "barman get-wal drill %f > %p"),
      "# kept\nrestore_command = 'barman get-wal drill %f > %p'\nrecovery_target_name = 'r1'\n");
  EXPECT_EQ(code_of([] { (void)with_restore_command("work_mem = '4MB'\n", "x"); }),
      ErrorCode::program_failed);
}

}  // namespace
}  // namespace pgrehearse
