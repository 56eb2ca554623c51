// A team's own backups, made by Postgres' own programs of a server that the drill never sees: each
// form of them comes back, and each way in which one is no good turns the drill red at its check.
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/process/run.hpp"
#include "tests/program/baseline_source.hpp"
#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr const char* owner_password = "does-not-belong-in-a-report";

class OwnBackup : public testing::Test {
 protected:
  void SetUp() override {
    const std::string why = missing_engine("local");
    if (!why.empty()) {
      GTEST_SKIP() << why;
    }
    make_private_directory(backups());
    Session session{server_.connection()};
    session.exec(std::string{"CREATE ROLE shop_owner LOGIN PASSWORD '"} + owner_password + "'");
    session.exec("CREATE DATABASE shop OWNER shop_owner");
    shop().exec(
        "SET ROLE shop_owner; CREATE SCHEMA app;"
        "CREATE TABLE app.orders(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, total numeric "
        "NOT NULL);"
        "INSERT INTO app.orders(total) SELECT g * 1.5 FROM generate_series(1, 500) g");
  }

  [[nodiscard]] fs::path backups() const { return sandbox_.path() / "backups"; }

  Session shop() {
    ConnectionSpec spec = server_.connection();
    spec.database = "shop";
    return Session{spec};
  }

  /// Standard output of a client program of the server goes to a file among the backups.
  void keep(const std::string& name, std::vector<std::string> argv) {
    argv.front() = PrivateServer::path_of(argv.front());
    argv.insert(argv.end(), {"--host=127.0.0.1", "--username=postgres",
                                "--port=" + std::to_string(server_.connection().endpoint.port)});
    run_or_throw({.argv = argv,
        .env = {{"PGPASSWORD", server_.connection().password}},
        .output_file = backups() / name});
  }
  void keep_dump(const std::string& name, const std::string& format) {
    keep(name, {"pg_dump", "--format=" + format, "--dbname=shop"});
  }
  void keep_globals() { keep("globals.sql", {"pg_dumpall", "--globals-only"}); }
  void keep_baseline() {
    ProgramRun verb{sandbox_,
        {"baseline", "--source-is-not-production", "--force", "--out", backups() / "baseline.json"},
        {source_at(server_, "shop")}};
    ASSERT_EQ(verb.status(), 0) << verb.err();
  }

  /// The verdict of each check, by its name; the exit status under "exit".
  std::map<std::string, std::string> drilled(const std::string& artifact) {
    const fs::path report = sandbox_.fresh("report");
    const fs::path subject = sandbox_.path() / "drill.yaml";
    write_file(subject, "name: shop\ndatabase: shop\nartifact: {" + artifact + "}\n");
    ProgramRun drill{sandbox_, {"run", "--engine", "local", "--scenario", "own-backup", "--subject",
                                   subject.string(), "--report-dir", report.string()}};
    std::map<std::string, std::string> verdicts{{"exit", std::to_string(drill.status())}};
    said_ = drill.out() + drill.err();
    EXPECT_EQ(said_.find(owner_password), std::string::npos);
    EXPECT_TRUE(sandbox_.runs_on_disk().empty());
    const nlohmann::json record = nlohmann::json::parse(read_file(report / "record.json"));
    for (const nlohmann::json& drill_record : record.at("drills")) {
      for (const nlohmann::json& finding : drill_record.at("findings")) {
        verdicts[finding.at("check")] = finding.at("verdict");
      }
    }
    return verdicts;
  }

  Sandbox sandbox_;
  PrivateServer server_;
  std::string said_;
};

constexpr const char* with_roles = "globals: backups/globals.sql, baseline: backups/baseline.json";

TEST_F(OwnBackup, OfEveryFormOfDumpComesBack) {
  keep_dump("shop.dump", "custom");
  keep_dump("shop.tar", "tar");
  keep_dump("shop.sql", "plain");
  keep("all.sql", {"pg_dumpall"});
  keep_globals();
  keep_baseline();
  run_or_throw({.argv = {"gzip", backups() / "shop.sql"}});
  run_or_throw({.argv = {"xz", backups() / "all.sql"}});
  for (const char* name : {"shop.dump", "shop.tar", "shop.sql.gz"}) {
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

TEST_F(OwnBackup, IsDecryptedByTheTeamsOwnProgram) {
  keep_dump("shop.dump", "custom");
  keep_globals();
  keep_baseline();
  write_file(backups() / "key", "sesame", 0600);
  run_or_throw({.argv = {"openssl", "enc", "-aes-256-cbc", "-pbkdf2", "-pass",
                    "file:" + (backups() / "key").string(), "-in", backups() / "shop.dump", "-out",
                    backups() / "shop.enc"}});
  const std::string artifact = std::string{"path: backups/shop.enc, "} + with_roles +
                               ", decrypt: 'openssl enc -d -aes-256-cbc -pbkdf2 -pass "
                               "file:backups/key'";
  EXPECT_EQ(drilled(artifact).at("exit"), "0") << said_;
  write_file(backups() / "key", "another", 0600);
  EXPECT_EQ(drilled(artifact).at("backup-found"), "missed");
}

}  // namespace
}  // namespace pgrehearse
