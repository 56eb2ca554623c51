// A team's own backups in a bucket of a server that checks who asks: put there as other programs
// do, read by a user who may list and read and nothing else.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/process/run.hpp"
#include "harness/store/s3_store.hpp"
#include "tests/contract/store_drill_server.hpp"
#include "tests/program/own_backup.hpp"
#include "tests/program/team_archive.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

class OwnBackupInABucket : public OwnBackupTest {
 protected:
  void SetUp() override {
    if (const std::string why = missing_radosgw(); !why.empty()) {
      GTEST_SKIP() << why;
    }
    OwnBackupTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    owner_ = std::make_unique<StoreUser>();
    reader_ = std::make_unique<StoreUser>();
    bucket_ = owner_->make_bucket();
    owner_->let_read_only(bucket_, *reader_);
  }

  // Without a digest of ours: nobody who puts backups there knows of it.
  void put(const std::string& key, const fs::path& file) const {
    const Content content = Content::of_file(file);
    S3Client client{bucket_};
    static_cast<void>(
        client.demand({.method = "PUT", .key = key, .body = {&content, 0, content.bytes()}}));
  }

  [[nodiscard]] std::string at(const std::string& key) const {
    return fmt::format("path: 's3://{}/{}', s3: {{endpoint: '{}', ca_file: '{}'}}", bucket_.bucket,
        key, bucket_.endpoint, bucket_.ca_file.string());
  }

  std::map<std::string, std::string> drilled_as(
      const StoreUser& user, const std::string& artifact) {
    return drilled(artifact, {{"AWS_ACCESS_KEY_ID", user.credentials().key_id},
                                 {"AWS_SECRET_ACCESS_KEY", user.credentials().secret.reveal()}});
  }

  std::unique_ptr<StoreUser> owner_;
  std::unique_ptr<StoreUser> reader_;
  S3Config bucket_;
};

TEST_F(OwnBackupInABucket, ComesBackFromADump) {
  keep_dump("shop.dump", "custom");
  keep_globals();
  keep_baseline();
  write_file(backups() / "page", "<html>502 Bad Gateway</html>\n");
  put("nightly/shop-1.dump", backups() / "page");
  run_or_throw({.argv = {"gzip", "--keep", backups() / "shop.dump"}});
  put("nightly/shop-2.dump.gz", backups() / "shop.dump.gz");
  put("nightly/shop-3.dump.part", backups() / "page");
  put("roles/globals.sql", backups() / "globals.sql");
  const std::size_t objects = S3Store{bucket_}.list("").size();
  const std::string artifact =
      fmt::format("{}, globals: 's3://{}/roles/globals.sql', baseline: backups/baseline.json",
          at("nightly/"), bucket_.bucket);
  auto verdicts = drilled_as(*reader_, artifact);
  EXPECT_EQ(verdicts.at("exit"), "0") << said_;
  EXPECT_EQ(verdicts.at("content"), "met");
  EXPECT_EQ(verdicts.at("roles"), "met");
  EXPECT_NE(said_.find("fetching shop-2.dump.gz"), std::string::npos) << said_;
  EXPECT_EQ(S3Store{bucket_}.list("").size(), objects);

  // The newest is no good: none before it stands in.
  fs::resize_file(backups() / "shop.dump.gz", fs::file_size(backups() / "shop.dump.gz") - 20);
  put("nightly/shop-4.dump.gz", backups() / "shop.dump.gz");
  verdicts = drilled_as(*reader_, artifact);
  EXPECT_EQ(verdicts.at("exit"), "1");
  EXPECT_EQ(verdicts.at("backup-found"), "missed") << said_;
  EXPECT_EQ(drilled_as(*reader_, artifact + ", choose: oldest").at("backup-found"), "missed");
}

TEST_F(OwnBackupInABucket, ThatIsNotThereOrNotForUsIsMissed) {
  write_file(backups() / "page", "PGDMP");
  put("nightly/shop-1.dump", backups() / "page");
  const auto missed = [&](const std::string& artifact, const std::string& because) {
    const auto verdicts = drilled_as(*reader_, artifact);
    EXPECT_EQ(verdicts.at("backup-found"), "missed") << because << said_;
    EXPECT_EQ(verdicts.at("exit"), "1") << because;
    EXPECT_NE(said_.find(because), std::string::npos) << because << said_;
  };
  missed(at("nighlty/"), fmt::format("Did you mean 's3://{}/nightly'?", bucket_.bucket));
  missed(at("nightly/shop-2.dump"), fmt::format("'s3://{}/nightly/shop-1.dump'", bucket_.bucket));
  missed(at("nightly/") + ", match: '*.sql'", "there is no backup");
  missed(at("nightly/") + ", choose: '2'", "there is no backup number 2");
  missed(at("nightly/") + fmt::format(", globals: 's3://{}/roles.sql'", bucket_.bucket),
      "has no roles.sql");
  bucket_.bucket += "-gone";
  missed(at("nightly/"), "has no such bucket");
  bucket_ = owner_->make_bucket();
  missed(at("nightly/"), "status 403");
}

// No answer says nothing about the backup.
TEST_F(OwnBackupInABucket, BehindASilentServerIsNotProven) {
  bucket_.endpoint = "http://127.0.0.1:9";
  const auto verdicts = drilled_as(*reader_, at("nightly/"));
  EXPECT_EQ(verdicts.at("exit"), "2") << said_;
  EXPECT_FALSE(verdicts.contains("backup-found"));
}

TEST_F(OwnBackupInABucket, OfAWholeClusterIsReplayedToTheEndOfItsArchive) {
  const fs::path data = backups() / "base";
  keep("log", {"pg_basebackup", "--format=tar", "--gzip", "--pgdata=" + data.string(),
                  "--checkpoint=fast"});
  shop().exec("INSERT INTO app.orders(total) VALUES (7)");
  keep_baseline();
  const std::string last = shop().value("SELECT pg_walfile_name(pg_switch_wal())");
  for (const fs::directory_entry& file : fs::directory_iterator{data}) {
    put("base/" + file.path().filename().string(), file.path());
  }
  for (const fs::directory_entry& file : fs::directory_iterator{server_.data_path() + "/pg_wal"}) {
    const std::string name = file.path().filename();
    if (name.size() == 24 && name <= last) {
      put("wal/" + name, file.path());
    }
  }
  const std::string artifact = fmt::format(
      "{}, wal: 's3://{}/wal/', baseline: backups/baseline.json", at("base"), bucket_.bucket);
  const auto verdicts = drilled_as(*reader_, artifact);
  EXPECT_EQ(verdicts.at("exit"), "0") << said_;
  EXPECT_EQ(verdicts.at("backup-verified"), "met");
  EXPECT_EQ(verdicts.at("source-archive"), "met");
}

// Put there by pgBackRest itself, as on the team's own host.
TEST_F(OwnBackupInABucket, IsReadAsARepositoryOfPgbackrestByItself) {
  constexpr const char* passphrase = "opens the repository";
  const TeamArchive team{server_};
  fs::copy_file(bucket_.ca_file, team.home() / "ca.pem");
  fs::permissions(team.home() / "ca.pem", fs::perms::others_read, fs::perm_options::add);
  // It compares the certificate with names, and with no address.
  const std::string host = "localhost" + bucket_.endpoint.substr(bucket_.endpoint.rfind(':'));
  bucket_.endpoint = "https://" + host;
  team.make_pgbackrest(
      fmt::format("repo1-type=s3\nrepo1-path=/kept/here\nrepo1-s3-bucket={}\nrepo1-s3-endpoint={}\n"
                  "repo1-s3-region={}\nrepo1-s3-uri-style=path\nrepo1-s3-key={}\n"
                  "repo1-s3-key-secret={}\nrepo1-storage-ca-file={}\n",
          bucket_.bucket, host, bucket_.region, owner_->credentials().key_id,
          owner_->credentials().secret.reveal(), (team.home() / "ca.pem").string()),
      Secret{passphrase});
  team.pgbackrest({"backup", "--type=full"});
  shop().exec("INSERT INTO app.orders(total) VALUES (7)");
  keep_baseline();
  team.await();
  const auto told = [&](const std::string& key) -> std::vector<Variable> {
    return {{"AWS_ACCESS_KEY_ID", reader_->credentials().key_id},
        {"AWS_SECRET_ACCESS_KEY", reader_->credentials().secret.reveal()}, {"SHOP_KEY", key}};
  };
  const auto drilled_with = [&](const std::string& artifact, const std::string& key) {
    return drilled(artifact, told(key));
  };
  const std::string opened_by = ", passphrase_env: SHOP_KEY, baseline: backups/baseline.json";
  const std::size_t objects = S3Store{bucket_}.list("").size();

  EXPECT_EQ(planned(at("kept/here/") + opened_by, told(passphrase)), 0) << said_;
  EXPECT_NE(said_.find("segments, 000000010000000000000001 to 0"), std::string::npos) << said_;
  auto verdicts = drilled_with(at("kept/here/") + opened_by, passphrase);
  EXPECT_EQ(verdicts.at("exit"), "0") << said_;
  EXPECT_EQ(verdicts.at("backup-verified"), "met");
  EXPECT_EQ(verdicts.at("recovery-ending"), "met");
  EXPECT_EQ(verdicts.at("content"), "met");
  EXPECT_EQ(S3Store{bucket_}.list("").size(), objects) << "something was written or removed";

  const auto missed = [&](const std::string& artifact, const std::string& because) {
    EXPECT_EQ(drilled_with(artifact, passphrase).at("backup-found"), "missed") << said_;
    EXPECT_NE(said_.find(because), std::string::npos) << because << said_;
  };
  missed(at("kept/here") + ", stanza: shp" + opened_by, "Did you mean 'shop'?");
  missed(at("kept") + opened_by, "no repository of pgbackrest");
  missed(at("kept/heer") + opened_by, "/kept/here'?");
  missed(at("kept/here"), "Say 'tool: pgbackrest'");
  EXPECT_EQ(drilled_with(at("kept/here") + opened_by, "another").at("backup-found"), "missed");

  // The newest set is not whole: red, as in a folder.
  for (const ObjectInfo& object : S3Store{bucket_}.list("kept/here/backup/shop/")) {
    if (object.key.find("/pg_data/base/") != std::string::npos) {
      S3Store{bucket_}.remove(object.key, std::nullopt);
    }
  }
  verdicts = drilled_with(at("kept/here") + opened_by, passphrase);
  EXPECT_EQ(verdicts.at("restore-completed"), "missed") << said_;
  EXPECT_EQ(verdicts.at("exit"), "1");

  // No answer says nothing about it.
  bucket_.endpoint = "https://127.0.0.1:9";
  EXPECT_EQ(drilled_with(at("kept/here") + opened_by, passphrase).at("exit"), "2") << said_;
}

}  // namespace
}  // namespace pgrehearse
