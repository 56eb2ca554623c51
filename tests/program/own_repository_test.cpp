// Repositories of pgBackRest and Barman, made by the real programs of a server that the drill never
// sees: each comes back, no byte of it is changed, and each way in which it is no good is red.
#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "tests/program/own_backup.hpp"
#include "tests/program/team_archive.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr const char* passphrase = "opens the repository";

/// Names, times of change and contents of all that lies there.
std::string everything_in(const fs::path& folder) {
  std::string text;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator{folder}) {
    const auto changed =
        entry.is_symlink() ? 0 : entry.last_write_time().time_since_epoch().count();
    text += entry.path().string() + " " + std::to_string(changed) + "\n" +
            (entry.is_regular_file() ? read_file(entry.path()) : "");
  }
  return text;
}

class OwnRepository : public OwnBackupTest {
 protected:
  [[nodiscard]] fs::path home() const { return team_.home(); }

  TeamArchive team_{server_};
};

/// The one whose name comes last.
fs::path newest_in(const fs::path& folder, const std::string& beginning) {
  fs::path newest;
  for (const fs::directory_entry& entry : fs::directory_iterator{folder}) {
    if (entry.path().filename().string().starts_with(beginning)) {
      newest = std::max(newest, entry.path());
    }
  }
  return newest;
}

TEST_F(OwnRepository, OfPgbackrestComesBackUntouched) {
  const fs::path repository = home() / "repository";
  team_.make_pgbackrest("repo1-path=" + repository.string() + "\n", Secret{passphrase});
  const std::string artifact = "path: " + repository.string() +
                               ", passphrase_env: SHOP_KEY, baseline: backups/baseline.json";
  // Their own settings would lead elsewhere.
  const std::vector<Variable> variables{
      {"SHOP_KEY", passphrase}, {"PGBACKREST_REPO1_PATH", "/nowhere/at/all"}};
  keep_baseline();
  EXPECT_EQ(drilled(artifact, variables).at("backup-found"), "missed") << "there is no set so far";
  EXPECT_NE(said_.find("has no backup"), std::string::npos) << said_;

  team_.pgbackrest({"backup", "--type=full"});
  const std::string full = newest_in(repository / "backup" / "shop", "2").filename();
  shop().exec("INSERT INTO app.orders(total) VALUES (7)");
  const std::string point = shop().value("SELECT pg_create_restore_point('before-the-sale')");
  const std::string moment = shop().value(
      "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00'");
  keep_baseline();
  fs::rename(backups() / "baseline.json", backups() / "then.json");
  shop().exec("INSERT INTO app.orders(total) VALUES (8)");
  team_.pgbackrest({"backup", "--type=incr"});
  shop().exec("INSERT INTO app.orders(total) VALUES (9)");
  keep_baseline();
  team_.await();

  const std::string before = everything_in(repository);
  EXPECT_EQ(planned(artifact, variables), 0) << said_;
  EXPECT_NE(said_.find("segments, 000000010000000000000001 to 0"), std::string::npos) << said_;
  auto verdicts = drilled(artifact, variables);
  EXPECT_EQ(verdicts.at("exit"), "0") << said_;
  EXPECT_EQ(verdicts.at("backup-verified"), "met");
  EXPECT_EQ(verdicts.at("recovery-ending"), "met");
  EXPECT_EQ(verdicts.at("content"), "met");
  // An older set up to a point of its own, named in three ways: the row before it is there, the two
  // after it are not.
  const std::string older = "path: " + repository.string() +
                            ", passphrase_env: SHOP_KEY, choose: " + full +
                            ", baseline: backups/then.json, target: ";
  for (const std::string& target :
      {std::string{"'name:before-the-sale'"}, "'time:" + moment + "'", "'lsn:" + point + "'"}) {
    verdicts = drilled(older + target, variables);
    EXPECT_EQ(verdicts.at("exit"), "0") << target << said_;
    EXPECT_EQ(verdicts.at("recovery-ending"), "met") << target;
    EXPECT_EQ(verdicts.at("rows"), "met") << target;
    EXPECT_EQ(verdicts.at("content"), "met") << target;
  }
  EXPECT_EQ(drilled(older + "latest", variables).at("rows"), "missed") << said_;
  EXPECT_EQ(drilled(artifact + ", stanza: shp", variables).at("backup-found"), "missed");
  EXPECT_NE(said_.find("no stanza 'shp'"), std::string::npos) << said_;
  EXPECT_EQ(drilled(artifact, {{"SHOP_KEY", "another passphrase"}}).at("backup-found"), "missed");
  EXPECT_TRUE(everything_in(repository) == before) << "the repository was written to";

  // The newest is no good any more: red, and no older one stands in for it.
  const fs::path newest = newest_in(repository / "backup" / "shop", full + "_");
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator{newest}) {
    if (entry.is_regular_file() && entry.path().extension() == ".gz") {
      fs::resize_file(entry.path(), entry.file_size() / 2);
    }
  }
  verdicts = drilled(artifact, variables);
  EXPECT_EQ(verdicts.at("restore-completed"), "missed") << said_;
  EXPECT_EQ(verdicts.at("exit"), "1");
  // Nor is WAL that the older one needs.
  fs::remove(newest_in(repository / "archive" / "shop" / "15-1" / "0000000100000000", "0"));
  EXPECT_EQ(drilled(artifact + ", choose: oldest", variables).at("exit"), "1") << said_;
}

TEST_F(OwnRepository, OfBarmanComesBackUntouched) {
  const fs::path barman = home() / "barman";
  const std::string connection =
      "host=127.0.0.1 user=postgres port=" + std::to_string(server_.connection().endpoint.port);
  write_file(home() / "barman.conf",
      "[barman]\nbarman_user = postgres\nbarman_home = " + barman.string() +
          "\nbarman_lock_directory = " + home().string() + "\nlog_file = " + home().string() +
          "/barman.log\nconfiguration_files_directory =\n[shop]\ndescription = shop\nconninfo = " +
          connection + " dbname=postgres\nstreaming_conninfo = " + connection +
          "\nbackup_method = postgres\narchiver = on\nimmediate_checkpoint = true\n"
          "compression = gzip\n");
  const auto run_barman = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"barman", "--config=" + (home() / "barman.conf").string()});
    team_.by_owner(words);
  };
  team_.by_owner({"mkdir", "-p", barman / "shop" / "incoming"});
  team_.archive_by("rsync -a %p " + (barman / "shop" / "incoming").string() + "/%f");
  run_barman({"switch-wal", "--force", "--archive", "--archive-timeout=60", "shop"});
  const std::string artifact =
      "path: " + barman.string() + ", tool: barman, baseline: backups/baseline.json";
  keep_baseline();
  EXPECT_EQ(drilled(artifact).at("backup-found"), "missed") << "there is no set so far";

  run_barman({"backup", "--wait", "--wait-timeout=60", "shop"});
  shop().exec("INSERT INTO app.orders(total) VALUES (7)");
  keep_baseline();
  team_.await();
  run_barman({"archive-wal", "shop"});

  const std::string before = everything_in(barman);
  EXPECT_EQ(planned(artifact), 0) << said_;
  EXPECT_NE(said_.find("segments, 00000001000000"), std::string::npos) << said_;
  const auto verdicts = drilled(artifact);
  EXPECT_EQ(verdicts.at("exit"), "0") << said_;
  EXPECT_EQ(verdicts.at("backup-verified"), "met");
  EXPECT_EQ(verdicts.at("content"), "met");
  EXPECT_EQ(drilled(artifact + ", server: shpo").at("backup-found"), "missed");
  EXPECT_NE(said_.find("no server 'shpo'"), std::string::npos) << said_;
  EXPECT_TRUE(everything_in(barman) == before) << "the folder was written to";

  const fs::path set = newest_in(barman / "shop" / "base", "2");
  fs::resize_file(set / "data" / "global" / "pg_control", 100);
  EXPECT_NE(drilled(artifact).at("exit"), "0") << "barman itself does not notice";
  std::string info = read_file(set / "backup.info");
  info.replace(info.find("status=DONE"), 11, "status=FAILED");
  write_file(set / "backup.info", info);
  EXPECT_EQ(drilled(artifact).at("backup-found"), "missed");
  EXPECT_NE(said_.find("FAILED"), std::string::npos) << said_;
}

}  // namespace
}  // namespace pgrehearse
