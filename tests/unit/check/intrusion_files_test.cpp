#include "harness/check/intrusion_files.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

std::string rules_that_see(const SeenFile& file) {
  std::string seen;
  for (const FileRule& rule : file_intrusion_rules()) {
    if (!rule.rows(file).empty()) {
      seen += (seen.empty() ? "" : " ") + std::string{rule.id};
    }
  }
  return seen;
}

TEST(FileNames, OfPostgresAreKnown) {
  for (const char* name : {"PG_VERSION", "postmaster.pid", "backup_label.old", "base/1/1259",
           "base/1/1259_fsm", "base/5/16384.1", "base/5/t3_16400", "base/1/pg_internal.init",
           "base/pgsql_tmp/pgsql_tmp123.0", "global/pg_control", "global/1262_vm",
           "pg_wal/000000010000000000000007", "pg_wal/00000002.history",
           "pg_wal/000000010000000000000007.00000028.backup",
           "pg_wal/archive_status/000000010000000000000007.done", "pg_xact/0000",
           "pg_multixact/members/0000", "pg_stat_tmp/global.stat",
           "pg_logical/replorigin_checkpoint", "pg_dynshmem/mmap.1234", "pg_tblspc/16400",
           "pgrehearse.conf"}) {
    EXPECT_TRUE(is_a_name_of_postgres(name)) << name;
  }
}

TEST(FileNames, OfOthersAreNot) {
  for (const char* name : {"base/.cache", "base/1/1259.so", "base/1/notes", "pg_wal/payload",
           "pg_wal/archive_status/intruder", "global/libintruder.so", "PG_VERSION2", "conf.d",
           "base/host", "pg_wal/0000000100000000000000070", "~", ""}) {
    EXPECT_FALSE(is_a_name_of_postgres(name)) << name;
  }
}

TEST(FileRules, PassWhatPostgresMakes) {
  EXPECT_EQ(rules_that_see({.kind = "file", .mode = 0600, .path = "base/1/1259"}), "");
  EXPECT_EQ(rules_that_see({.kind = "directory", .mode = 0700, .path = "base/1"}), "");
  EXPECT_EQ(rules_that_see({.kind = "file", .mode = 0640, .path = "postmaster.pid"}), "");
}

TEST(FileRules, SeeEachItsOwn) {
  EXPECT_EQ(rules_that_see({.kind = "other", .mode = 0600, .path = "base/1/1259"}), "FS01");
  EXPECT_EQ(rules_that_see({.kind = "file", .mode = 04600, .path = "base/1/1259"}), "FS02");
  EXPECT_EQ(rules_that_see({.kind = "file", .mode = 0602, .path = "base/1/1259"}), "FS02");
  EXPECT_EQ(
      rules_that_see({.kind = "link", .mode = 0777, .path = "pg_wal", .target = "/x"}), "FS03");
  EXPECT_EQ(rules_that_see({.kind = "file",
                .mode = 0600,
                .path = "base/1/1259",
                .bytes = "\x7f"
                         "ELF"}),
      "FS04");
  EXPECT_EQ(rules_that_see({.kind = "link", .mode = 0777, .path = "pg_tblspc/1", .target = "/x"}),
      "FS05");
  EXPECT_EQ(
      rules_that_see({.kind = "file", .mode = 0600, .path = "pg_hba.conf", .bytes = "#"}), "FS06");
  EXPECT_EQ(rules_that_see({.kind = "file",
                .mode = 0600,
                .path = "pg_hba.conf",
                .bytes = "# a@b\nhost all @users all reject\n"}),
      "FS06 FS07");
  EXPECT_EQ(rules_that_see({.kind = "file", .mode = 0600, .path = "pg_twophase/00000123"}), "FS08");
  EXPECT_EQ(
      rules_that_see({.kind = "file", .mode = 0755, .path = ".psqlrc", .at_home = true}), "FS09");
}

TEST(FileRules, TellALineThatDrawsInAnotherFromAComment) {
  EXPECT_EQ(rules_that_see({.kind = "file",
                .mode = 0600,
                .path = "postgresql.conf",
                .bytes = "# include = 'x'\nport = 1\n"}),
      "FS06");
  EXPECT_EQ(rules_that_see({.kind = "file",
                .mode = 0600,
                .path = "postgresql.conf",
                .bytes = "  include_dir 'conf.d'\n"}),
      "FS06 FS07");
}

}  // namespace
}  // namespace pgrehearse
