#include "harness/backup/backup_scripts.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "harness/base/files.hpp"

namespace pgrehearse {
namespace {

std::size_t complaints(const std::string& err) {
  return complaints_in("take", err).size();
}

TEST(ComplaintsIn, AreLinesOfALevel) {
  EXPECT_EQ(complaints("ERROR: no\nfine\nWARNING: maybe\nFATAL:  never\n"), 3U);
  EXPECT_EQ(complaints("pg_restore: error: could not execute query\n"), 1U);
  EXPECT_EQ(complaints("psql:x.sql:3: ERROR:  relation exists\n"), 1U);
  EXPECT_EQ(complaints("[2026-11-21] WARNING disk nearly full\n"), 1U);
}

TEST(ComplaintsIn, AreNoWordsThatOnlyHoldALevel) {
  EXPECT_EQ(complaints("0 errors\nERRORS=0\nno error here\nMY_ERROR_LOG\nTERRORS\n"), 0U);
}

TEST(ComplaintsIn, AreNotWhatASubscriptionWithoutConnectionSays) {
  const std::string said =
      "WARNING:  tables were not subscribed, you will have to run ALTER SUBSCRIPTION ... REFRESH "
      "PUBLICATION to subscribe the tables";
  EXPECT_EQ(complaints("psql:<stdin>:7: " + said + "\n"), 0U);
  EXPECT_EQ(complaints(said + " again\n"), 1U);
}

TEST(ComplaintsIn, NeverRepeatTheLine) {
  const auto found = complaints_in("take", "first\nERROR: Key (email)=(jo@example.invalid)\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front(), "take: line 2 of standard error is of level ERROR");
}

TEST(RunScript, GivesTheScriptNoOtherServer) {
  const TempDir folder{"pgrehearse-script"};
  setenv("PGSERVICE", "production", 1);
  setenv("PGHOST", "production.example.invalid", 1);
  const Completed completed = run_script({.folder = folder.path()},
      {"sh", "-c", "echo \"[$PGSERVICE][$PGHOST][$PGPORT][$PGREHEARSE_SET]\"; pwd"},
      {{"PGPORT", Secret{"5432"}}, {"PGREHEARSE_SET", Secret{"full-1"}}});
  unsetenv("PGSERVICE");
  unsetenv("PGHOST");
  EXPECT_EQ(completed.out, "[][][5432][full-1]\n" + folder.path().string() + "\n");
}

}  // namespace
}  // namespace pgrehearse
