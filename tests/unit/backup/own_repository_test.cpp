// Repositories of a team's own: known by their layout, and which sets of Barman count.
#include "harness/backup/own_repository.hpp"

#include <gtest/gtest.h>

#include "harness/backup/barman_repository.hpp"
#include "harness/backup/pgbackrest_repository.hpp"
#include "harness/backup/wal_folder.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

class OwnRepositories : public testing::Test {
 protected:
  void made(const std::string& name, const std::string& content = "") {
    fs::create_directories((folder_.path() / name).parent_path());
    write_file(folder_.path() / name, content);
  }
  /// Message and hint of the refusal.
  std::string refusal(RepositoryPlace place) {
    place.path = folder_.path();
    try {
      static_cast<void>(repository_at(place, work_.path()));
    } catch (const Error& error) {
      return error.message() + " " + error.hint();
    }
    return "nothing refused it";
  }

  TempDir folder_{"pgrehearse-test"};
  TempDir work_{"pgrehearse-test"};
};

TEST_F(OwnRepositories, AreKnownByTheirLayout) {
  EXPECT_EQ(repository_tool_at(folder_.path()), "");
  EXPECT_EQ(repository_tool_at(folder_.path() / "nowhere"), "");
  made("backup/notes.txt");
  made("archive/notes.txt");
  EXPECT_EQ(repository_tool_at(folder_.path()), "") << "folders of these names anybody may have";
  made("archive/shop/archive.info");
  EXPECT_EQ(repository_tool_at(folder_.path()), "pgbackrest");
  EXPECT_NE(refusal({.tool = "barman"}).find("no repository of barman"), std::string::npos);
}

TEST_F(OwnRepositories, OfBarmanMayBeOneServerOrAllOfThem) {
  fs::create_directories(folder_.path() / "shop" / "base" / "20261121T193408");
  fs::create_directories(folder_.path() / "shop" / "wals");
  EXPECT_EQ(repository_tool_at(folder_.path()), "") << "no set of Barman is in it";
  made("shop/base/20261121T193408/backup.info", "status=DONE\n");
  EXPECT_EQ(repository_tool_at(folder_.path()), "barman");
  EXPECT_EQ(repository_tool_at(folder_.path() / "shop"), "barman");
  EXPECT_EQ(
      BarmanRepository::servers_in(folder_.path() / "shop"), std::vector<std::string>{"shop"});
  EXPECT_NE(refusal({.section = "shpo"}).find("Did you mean 'shop'?"), std::string::npos);
}

TEST_F(OwnRepositories, OfSeveralStanzasNeedOneNamed) {
  made("backup/shop/backup.info");
  made("archive/shop/archive.info");
  made("backup/crm/backup.info.copy");
  EXPECT_EQ(
      PgbackrestRepository::stanzas_in(folder_.path()), (std::vector<std::string>{"crm", "shop"}));
  EXPECT_NE(refusal({}).find("There are: crm, shop."), std::string::npos);
  EXPECT_NE(refusal({.section = "shpo"}).find("Did you mean 'shop'?"), std::string::npos);
  EXPECT_EQ(refusal({.section = "shop"}), "nothing refused it");
}

TEST_F(OwnRepositories, AreNotOpenedWithoutTheirPassphrase) {
  made("backup/shop/backup.info");
  EXPECT_NE(refusal({.passphrase_env = "NOBODY_SET_THIS"}).find("NOBODY_SET_THIS is not set"),
      std::string::npos);
}

TEST(SetsOfBarman, CountUnlessTheyHaveNotEnded) {
  const std::string whole =
      "status=DONE\nbegin_time=2026-11-21 19:34:08.123456+00:00\nend_time=2026-11-21 "
      "19:35:00+00:00\nend_wal=000000010000000000000003\ntablespaces=None\n";
  const auto set = [](const std::string& text) {
    return set_in_backup_info(text, {.name = "x", .path = "x"});
  };
  ASSERT_TRUE(set(whole));
  EXPECT_EQ(set(whole)->trouble, "");
  EXPECT_EQ(set(whole)->last_segment, "000000010000000000000003");
  EXPECT_EQ(set(whole)->artifact.modified, Timestamp::parse("2026-11-21 19:35:00+00"));
  EXPECT_FALSE(set("status=STARTED\n"));
  EXPECT_FALSE(set("status=EMPTY\n"));
  EXPECT_EQ(set("status=FAILED\n")->trouble, "Barman gives it status FAILED");
  EXPECT_NE(set("")->trouble, "") << "an empty backup.info is what a full disk leaves";
  EXPECT_NE(set("status=DONE\n")->trouble, "");
  EXPECT_NE(set(whole + "tablespaces=[('tbs', 16387, '/srv/tbs')]\n")->trouble, "");
  EXPECT_NE(set(whole + "parent_backup_id=20261120T193408\n")->trouble, "");
}

TEST_F(OwnRepositories, GiveArchivedFilesUnderTheirBareNames) {
  made("00000001000000000000000A.gz", "not gzip");
  made("0000000100000000/00000001000000000000000B", "plain");
  made("0000000100000000/00000001000000000000000C", "compressed under its bare name");
  made("pg_wal/00000001000000000000000D", "of some data directory");
  made("00000002.history", "1\t0/3000000\n");
  made("00000001000000000000000E.partial", "half");
  const fs::path compressed = folder_.path() / "0000000100000000" / "00000001000000000000000C";
  run_or_throw({.argv = {"gzip", compressed}});
  fs::rename(compressed.string() + ".gz", compressed);

  WalFolder wal{folder_.path()};
  EXPECT_EQ(
      wal.names(), (std::vector<std::string>{"00000001000000000000000A", "00000001000000000000000B",
                       "00000001000000000000000C", "00000002.history"}));
  wal.fetch("00000001000000000000000B", work_.path() / "B");
  EXPECT_EQ(read_file(work_.path() / "B"), "plain");
  wal.fetch("00000001000000000000000C", work_.path() / "C");
  EXPECT_EQ(read_file(work_.path() / "C"), "compressed under its bare name");
  EXPECT_THROW(wal.fetch("00000001000000000000000A", work_.path() / "A"), Error);
  EXPECT_THROW(WalFolder{folder_.path() / "nowhere"}, Error);
}

}  // namespace
}  // namespace pgrehearse
