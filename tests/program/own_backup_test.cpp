// A team's own backups, made by Postgres' own programs of a server that the drill never sees: each
// form of them comes back, and each way in which one is no good turns the drill red at its check.
#include "tests/program/own_backup.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/files.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/process/run.hpp"
#include "tests/program/listener.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

class OwnBackup : public OwnBackupTest {};

constexpr const char* with_roles = "globals: backups/globals.sql, baseline: backups/baseline.json";

TEST_F(OwnBackup, OfEveryFormOfDumpComesBack) {
  keep_dump("shop.dump", "custom");
  keep_dump("shop.tar", "tar");
  keep_dump("shop.sql", "plain");
  keep("all.sql", {"pg_dumpall"});
  keep("log", {"pg_dump", "--format=directory", "--jobs=2", "--dbname=shop",
                  "--file=" + (backups() / "shop.dir").string()});
  keep_globals();
  keep_baseline();
  run_or_throw({.argv = {"gzip", "--keep", backups() / "shop.sql"}});
  run_or_throw({.argv = {"zstd", "--quiet", "--rm", backups() / "shop.sql"}});
  run_or_throw({.argv = {"xz", backups() / "all.sql"}});
  for (const char* name : {"shop.dump", "shop.tar", "shop.dir", "shop.sql.gz", "shop.sql.zst"}) {
    const auto verdicts = drilled(std::string{"path: backups/"} + name + ", " + with_roles);
    EXPECT_EQ(verdicts.at("exit"), "0") << name << said_;
    EXPECT_EQ(verdicts.at("content"), "met") << name;
    EXPECT_EQ(verdicts.at("roles"), "met") << name;
  }
  EXPECT_EQ(drilled("path: backups/all.sql.xz, baseline: backups/baseline.json").at("exit"), "0")
      << said_;
}

TEST_F(OwnBackup, OfAWholeClusterIsReplayedToTheEndOfItsArchive) {
  const fs::path data = backups() / "base";
  keep("log", {"pg_basebackup", "--pgdata=" + data.string(), "--checkpoint=fast"});
  shop().exec("INSERT INTO app.orders(total) VALUES (7)");
  keep_baseline();
  shop().exec("SELECT pg_switch_wal()");
  make_private_directory(backups() / "wal");
  const std::string current = shop().value("SELECT pg_walfile_name(pg_current_wal_lsn())");
  for (const fs::directory_entry& file : fs::directory_iterator{server_.data_path() + "/pg_wal"}) {
    const std::string name = file.path().filename();
    if (name.size() == 24 && name <= current) {
      fs::copy_file(file.path(), backups() / "wal" / name);
    }
  }
  const std::string artifact = "path: backups/base, baseline: backups/baseline.json";
  auto verdicts = drilled(artifact + ", wal: backups/wal");
  EXPECT_EQ(verdicts.at("exit"), "0") << said_;
  EXPECT_EQ(verdicts.at("source-archive"), "met");
  const auto mark = nlohmann::json::parse(read_file(report_ / "record.json"))
                        .at("drills")
                        .at(0)
                        .at("high_water_mark");
  EXPECT_EQ(mark.at("segment"), current);
  EXPECT_EQ(mark.at("sha256"), sha256_of_file(backups() / "wal" / current));
  EXPECT_GT(mark.at("commits"), 0);

  // Without the archive the last row is not there, and nothing but the baseline tells.
  verdicts = drilled(artifact);
  EXPECT_EQ(verdicts.at("exit"), "1");
  EXPECT_EQ(verdicts.at("recovery-ending"), "met");
  EXPECT_EQ(verdicts.at("rows"), "missed");

  std::ofstream{data / "base" / "1" / "PG_VERSION"} << "16\n";
  EXPECT_EQ(drilled(artifact).at("backup-verified"), "missed") << said_;
  fs::remove(data / "backup_label");
  EXPECT_EQ(drilled(artifact).at("restore-completed"), "missed") << said_;
}

// Of three ways to take it in tar files: a folder of them, one alone with its WAL, and that zipped.
TEST_F(OwnBackup, OfAWholeClusterInTarFilesComesBack) {
  keep("log", {"pg_basebackup", "--format=tar", "--gzip", "--checkpoint=fast",
                  "--pgdata=" + (backups() / "tars").string()});
  keep("base.tar",
      {"pg_basebackup", "--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--pgdata=-"});
  run_or_throw({.argv = {"gzip", "--keep", backups() / "base.tar"}});
  keep_baseline();
  for (const char* name : {"tars", "base.tar", "base.tar.gz"}) {
    const auto verdicts =
        drilled(std::string{"path: backups/"} + name + ", baseline: backups/baseline.json");
    EXPECT_EQ(verdicts.at("exit"), "0") << name << said_;
    EXPECT_EQ(verdicts.at("backup-verified"), "met") << name;
    EXPECT_EQ(verdicts.at("content"), "met") << name;
  }
}

TEST_F(OwnBackup, ReachesOutToNobodyAndIsInventoried) {
  shop().exec(
      "CREATE FOREIGN DATA WRAPPER plain; CREATE SERVER crm FOREIGN DATA WRAPPER plain "
      "OPTIONS (host 'crm-of-the-team'); CREATE SCHEMA cron;"
      "CREATE TABLE cron.job(command text); INSERT INTO cron.job VALUES ('call-home'), ('again')");
  const std::uint16_t port = server_.connection().endpoint.port;
  shop().exec("CREATE SUBSCRIPTION feed CONNECTION 'host=127.0.0.1 port=" + std::to_string(port) +
              " dbname=publisher-of-the-team' "
              "PUBLICATION orders WITH (connect = false, slot_name = 'feed')");
  shop().exec("ALTER SUBSCRIPTION feed ENABLE");
  keep_dump("shop.dump", "custom");
  keep_globals();
  keep("log", {"pg_basebackup", "--pgdata=" + (backups() / "base").string(), "--checkpoint=fast",
                  "--write-recovery-conf"});
  keep_baseline();
  // The subscription and primary_conninfo both lead to where the server was: somebody listens
  // there.
  ASSERT_TRUE(server_
                  .run_as_owner({.argv = {PrivateServer::path_of("pg_ctl"), "stop", "-w", "-s",
                                     "-m", "fast", "-D", server_.data_path()}})
                  .ok());
  const Listener listener{port};
  const auto drill = [&] {
    return nlohmann::json::parse(read_file(report_ / "record.json")).at("drills").at(0);
  };
  const auto inventory = [&] {
    return drill().at("facts").at("would reach out").get<std::string>();
  };
  const auto warns_of_checksums = [&] {
    return drill().at("warnings").dump().find("no data checksums") != std::string::npos;
  };
  const std::string objects = "foreign server crm in shop; jobs of cron.job in shop: 2";
  const auto verdicts = drilled("path: backups/base, baseline: backups/baseline.json");
  EXPECT_FALSE(listener.was_called());
  EXPECT_EQ(verdicts.at("exit"), "0") << said_;
  EXPECT_EQ(verdicts.at("server-log"), "met");
  EXPECT_EQ(inventory(), "primary_conninfo; subscription feed in shop, enabled; " + objects);
  EXPECT_TRUE(warns_of_checksums());
  // A worker that starts and finds no publisher leaves an error in the log: server-log would be
  // missed. The server that was backed up has started some.
  EXPECT_NE(read_file(server_.data_path() + "/../log").find("could not connect to the publisher"),
      std::string::npos);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator{report_}) {
    const std::string text = entry.is_regular_file() ? read_file(entry.path()) : "";
    EXPECT_EQ(text.find("-of-the-team"), std::string::npos) << entry.path();
    EXPECT_EQ(text.find("call-home"), std::string::npos) << entry.path();
  }

  EXPECT_EQ(drilled(std::string{"path: backups/shop.dump, "} + with_roles).at("exit"), "0")
      << said_;
  EXPECT_EQ(inventory(), "subscription feed in shop, disabled; " + objects);
  EXPECT_FALSE(listener.was_called());
  EXPECT_FALSE(warns_of_checksums()) << "a dump knows nothing of the pages it was read from";
}

TEST_F(OwnBackup, IsChosenBeforeAnythingIsDone) {
  keep_dump("shop-1.dump", "custom");
  keep_dump("shop-2.dump", "custom");
  const fs::path older = backups() / "shop-1.dump";
  fs::last_write_time(older, fs::last_write_time(older) - std::chrono::hours{24});
  EXPECT_EQ(planned("path: backups, match: shop-*.dump, choose: oldest"), 0) << said_;
  EXPECT_NE(said_.find("shop-1.dump: oldest of 2, by the time of its file"), std::string::npos)
      << said_;
  EXPECT_NE(said_.find("at least, twice the own backup included"), std::string::npos) << said_;
  // One step of each scenario that no other has.
  for (const char* step : {"Clients go on writing until the alarm", "Take a backup by hand",
           "INCIDENT: while the server is down, ...", "Run today's migrations on it",
           "Somebody needs the backup: find it and open it", "Make an empty host for the runbook",
           "Lead the traffic to region B", "Run the new migrations on it",
           "Only now lead clients to it"}) {
    EXPECT_NE(said_.find(std::string{". "} + step + "\n"), std::string::npos) << step << said_;
  }
  EXPECT_EQ(planned("path: backups, match: other-*.dump"), 2);
  EXPECT_NE(said_.find("own backup NONE: "), std::string::npos) << said_;
}

TEST_F(OwnBackup, ThatIsNotThereOrDoesNotOpenIsMissed) {
  make_private_directory(backups() / "empty");
  EXPECT_EQ(drilled("path: backups/nowhere").at("backup-found"), "missed");
  EXPECT_EQ(drilled("path: backups/empty").at("backup-found"), "missed");
  write_file(backups() / "empty" / "notes.txt", "there was a backup here once");
  EXPECT_EQ(drilled("path: backups/empty").at("backup-found"), "missed");
  EXPECT_EQ(drilled("path: backups/empty, choose: '2'").at("backup-found"), "missed");

  keep_dump("shop.sql", "plain");
  run_or_throw({.argv = {"gzip", backups() / "shop.sql"}});
  fs::resize_file(backups() / "shop.sql.gz", fs::file_size(backups() / "shop.sql.gz") - 20);
  const auto verdicts = drilled("path: backups/shop.sql.gz");
  EXPECT_EQ(verdicts.at("backup-found"), "missed");
  EXPECT_EQ(verdicts.at("exit"), "1");
  EXPECT_EQ(drilled("path: backups/shop.sql.gz, decrypt: 'exit 3'").at("backup-found"), "missed");
}

TEST_F(OwnBackup, ThatLacksSomethingIsMissedWhereItIsLacking) {
  keep_dump("shop.dump", "custom");
  keep_globals();
  // Roles that nobody backed up.
  EXPECT_EQ(drilled("path: backups/shop.dump").at("restore-completed"), "missed");
  EXPECT_NE(said_.find("pg_dumpall --globals-only"), std::string::npos) << said_;
  // Nobody knows what should be there: never green.
  auto verdicts = drilled("path: backups/shop.dump, owners: ignore");
  EXPECT_EQ(verdicts.at("exit"), "2");
  EXPECT_EQ(verdicts.at("facts"), "unknown");
  // The job has been running on an old copy.
  shop().exec("UPDATE app.orders SET total = total + 1 WHERE id = 5");
  keep_baseline();
  verdicts = drilled(std::string{"path: backups/shop.dump, "} + with_roles);
  EXPECT_EQ(verdicts.at("rows"), "met");
  EXPECT_EQ(verdicts.at("content"), "missed");
  // A baseline of another day: contents cannot be held, a table that is much smaller can.
  const std::string drifting = std::string{"path: backups/shop.dump, drift: 10, "} + with_roles;
  EXPECT_EQ(drilled(drifting).at("exit"), "0") << said_;
  shop().exec("INSERT INTO app.orders(total) SELECT g FROM generate_series(1, 100) g");
  keep_baseline();
  EXPECT_EQ(drilled(drifting).at("rows"), "missed");
  // Half a dump.
  fs::resize_file(backups() / "shop.dump", fs::file_size(backups() / "shop.dump") / 2);
  EXPECT_EQ(drilled(drifting).at("restore-completed"), "missed");
}

// What pg_dump 17 writes into every script, and no server before it knows.
TEST_F(OwnBackup, OfANewerPostgresSaysSoWhenItDoesNotLoad) {
  keep_dump("shop.sql", "plain");
  std::string script = read_file(backups() / "shop.sql");
  const std::string by = "-- Dumped by pg_dump version ";
  const std::size_t at = script.find(by);
  ASSERT_NE(at, std::string::npos);
  script.replace(
      at + by.size(), script.find('\n', at) - at - by.size(), "17.2\nSET transaction_timeout = 0;");
  write_file(backups() / "shop.sql", script);
  EXPECT_EQ(drilled("path: backups/shop.sql").at("restore-completed"), "missed");
  EXPECT_NE(said_.find("made by pg_dump 17.2, and the server here is"), std::string::npos) << said_;
}

/// A key without a passphrase in a home of its own. gpg starts an agent there, and leaves it
/// running.
class [[nodiscard]] GnupgHome {
 public:
  explicit GnupgHome(fs::path home) : home_(std::move(home)) {
    make_private_directory(home_);
    gpg({"--pinentry-mode=loopback", "--passphrase=", "--quick-gen-key", "backups",
        "future-default", "default", "never"});
  }
  ~GnupgHome() {
    try {
      static_cast<void>(run({.argv = {"gpgconf", "--homedir", home_, "--kill", "gpg-agent"}}));
    } catch (const std::exception&) {
      // It ends by itself when its home is gone.
    }
  }
  GnupgHome(const GnupgHome&) = delete;
  GnupgHome& operator=(const GnupgHome&) = delete;

  void gpg(std::vector<std::string> words) const {
    words.insert(words.begin(), {"gpg", "--homedir", home_, "--batch", "--quiet"});
    run_or_throw({.argv = words});
  }

 private:
  fs::path home_;
};

TEST_F(OwnBackup, IsDecryptedByTheTeamsOwnProgram) {
  const fs::path plain = backups() / "shop.dump";
  const fs::path key = backups() / "key";
  const GnupgHome gnupg{sandbox_.path() / "gnupg"};
  keep_dump("shop.dump", "custom");
  keep_globals();
  keep_baseline();
  write_file(key, "sesame", 0600);
  run_or_throw({.argv = {"openssl", "enc", "-aes-256-cbc", "-pbkdf2", "-pass",
                    "file:" + key.string(), "-in", plain, "-out", backups() / "shop.enc"}});
  run_or_throw({.argv = {"age-keygen", "--output", backups() / "identity"}});
  run_or_throw({.argv = {"age", "--encrypt", "--identity", backups() / "identity", "--output",
                    backups() / "shop.age", plain}});
  gnupg.gpg({"--trust-model=always", "--recipient=backups", "--output", backups() / "shop.gpg",
      "--encrypt", plain});
  const auto opened_by = [](const std::string& name, const std::string& decrypt) {
    return "path: backups/" + name + ", " + with_roles + (decrypt.empty() ? "" : ", decrypt: '") +
           decrypt + (decrypt.empty() ? "" : "'");
  };
  const std::string openssl =
      opened_by("shop.enc", "openssl enc -d -aes-256-cbc -pbkdf2 -pass file:backups/key");
  for (const std::string& artifact :
      {openssl, opened_by("shop.age", "age --decrypt --identity backups/identity"),
          opened_by("shop.gpg", "gpg --homedir gnupg --batch --quiet --decrypt")}) {
    const auto verdicts = drilled(artifact);
    EXPECT_EQ(verdicts.at("exit"), "0") << artifact << said_;
    EXPECT_EQ(verdicts.at("content"), "met") << artifact;
  }
  for (const char* name : {"shop.age", "shop.gpg"}) {
    EXPECT_EQ(drilled(opened_by(name, "")).at("backup-found"), "missed") << name;
    EXPECT_NE(said_.find("the backup is encrypted"), std::string::npos) << name << said_;
  }
  write_file(key, "another", 0600);
  EXPECT_EQ(drilled(openssl).at("backup-found"), "missed");
}

}  // namespace
}  // namespace pgrehearse
