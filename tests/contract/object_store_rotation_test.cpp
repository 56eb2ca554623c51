// Credentials of a store that were stolen: made anew by the store's own administrator, on a server
// that keeps several, and held against the question whether that was all.
#include <filesystem>
#include <functional>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "harness/base/random.hpp"
#include "harness/base/text.hpp"
#include "harness/check/store_access.hpp"
#include "harness/process/run.hpp"
#include "harness/store/s3_store.hpp"
#include "harness/store/transfer.hpp"
#include "tests/contract/object_store_s3.hpp"

namespace pgrehearse {
namespace {

const std::string server = "radosgw";

// A user of its own, so that other cases keep theirs.
class StoreCredentialRotation : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto reason = s3_server(server, {}, 1000).why_not()) {
      GTEST_SKIP() << *reason;
    }
    config_ = s3_config_of(server, {}, 1000);
    config_.credentials = keys_in(admin({"user", "create", "--display-name=team"})).at(0);
    make_bucket(config_);
    S3Store store{config_};
    for (const char* key : {"base/full-1.tar", "wal/1", "wal/2"}) {
      store.put(key, Content::of_bytes(key), {});
    }
    before_ = digests_of(store);
  }

  // What it answers is read here, and written nowhere: it names the secrets.
  [[nodiscard]] std::string admin(std::vector<std::string> words) const {
    const std::filesystem::path folder = std::filesystem::path{PGREHEARSE_STORES_DIR} / server;
    words.insert(
        words.begin(), {"radosgw-admin", "-c", (folder / "ceph.conf").string(), "--uid=" + user_});
    return run_or_throw({.argv = std::move(words)}).out;
  }
  static std::vector<S3Credentials> keys_in(const std::string& answer) {
    std::vector<S3Credentials> keys;
    const auto told = nlohmann::json::parse(answer.substr(answer.find('{')));
    for (const auto& key : told.at("keys")) {
      keys.push_back({.key_id = key.at("access_key"), .secret = Secret{key.at("secret_key")}});
    }
    return keys;
  }
  /// The same place for whoever has a second key, made now.
  [[nodiscard]] S3Config with_new_key() const {
    S3Config fresh = config_;
    for (const S3Credentials& each :
        keys_in(admin({"key", "create", "--key-type=s3", "--gen-access-key", "--gen-secret"}))) {
      if (each.key_id != config_.credentials.key_id) {
        fresh.credentials = each;
      }
    }
    return fresh;
  }
  void revoke(const S3Config& config) const {
    static_cast<void>(
        admin({"key", "rm", "--key-type=s3", "--access-key=" + config.credentials.key_id}));
  }
  [[nodiscard]] Finding asked(const S3Config& fresh) const {
    S3Store with_old{config_};
    S3Store with_new{fresh};
    return ask_store_credentials(with_old, with_new, before_);
  }
  static std::string details(const Finding& finding) { return joined(finding.details, "\n"); }

  std::string user_ = "team-" + random_hex(8);
  S3Config config_;
  std::map<std::string, std::string> before_;
};

TEST_F(StoreCredentialRotation, RefusesTheOldKeyAndKeepsEveryObject) {
  const S3Config fresh = with_new_key();
  revoke(config_);
  const Finding finding = asked(fresh);
  EXPECT_EQ(finding.verdict, Verdict::met) << finding.observed << "\n" << details(finding);
  EXPECT_EQ(finding.observed, "old one: refused in 5 of 5; new one: 3 objects as before");
  S3Store store{fresh};
  EXPECT_EQ(digests_of(store), before_) << "the question left something there";
}

TEST_F(StoreCredentialRotation, ThatLeftTheOldKeyInUseIsRed) {
  const Finding finding = asked(with_new_key());
  EXPECT_EQ(finding.verdict, Verdict::missed);
  EXPECT_EQ(details(finding),
      "the old credential lists objects\n"
      "the old credential looks at an object\n"
      "the old credential reads an object\n"
      "the old credential writes an object\n"
      "the old credential removes an object\n"
      "rotation/probe-of-before was not there before");
}

TEST_F(StoreCredentialRotation, WhoseNewKeyDoesNotWorkIsRed) {
  const S3Config fresh = with_new_key();
  revoke(fresh);
  const Finding finding = asked(fresh);
  EXPECT_EQ(finding.verdict, Verdict::missed);
  EXPECT_EQ(finding.observed, "the new credential is refused");
}

TEST_F(StoreCredentialRotation, AfterWhichAnObjectIsAnotherIsRed) {
  const S3Config fresh = with_new_key();
  revoke(config_);
  S3Store store{fresh};
  store.remove("wal/1", {});
  store.put("wal/2", Content::of_bytes("by the intruder"), {});
  store.put("wal/3", Content::of_bytes("wal/3"), {});
  const Finding finding = asked(fresh);
  EXPECT_EQ(finding.verdict, Verdict::missed);
  EXPECT_EQ(details(finding), "wal/1 is gone\nwal/2 is another\nwal/3 was not there before");
}

TEST_F(StoreCredentialRotation, ThatCouldNotBeTriedIsNoFinding) {
  const S3Config fresh = with_new_key();
  revoke(config_);
  before_.clear();
  S3Store store{fresh};
  for (const ObjectInfo& object : store.list("")) {
    store.remove(object.key, {});
  }
  EXPECT_EQ(asked(fresh).verdict, Verdict::unknown);
  config_.endpoint = "https://127.0.0.1:1";
  config_.attempts = 1;
  EXPECT_EQ(code_of([&] { static_cast<void>(asked(fresh)); }), "store-unreachable");
}

// A region's store, asked with its own key and with that of a region that was lost.
using RegionCredentials = StoreCredentialRotation;

TEST_F(RegionCredentials, SufficeWhereTheOthersAreRefused) {
  S3Config of_another = config_;
  user_ += "-of-another-region";
  of_another.credentials = keys_in(admin({"user", "create", "--display-name=team"})).at(0);
  S3Store own{config_};
  S3Store with_lost{of_another};
  const Finding finding = ask_region_credentials(own, with_lost, 0);
  EXPECT_EQ(finding.verdict, Verdict::met) << finding.observed << "\n" << details(finding);
  EXPECT_EQ(digests_of(own), before_) << "the question left something there";

  const Finding asked_since = ask_region_credentials(own, with_lost, 2);
  EXPECT_EQ(asked_since.verdict, Verdict::missed);
  EXPECT_EQ(details(asked_since), "region A's store was asked 2 times");

  const Finding refused = ask_region_credentials(with_lost, own, 0);
  EXPECT_EQ(refused.verdict, Verdict::missed);
  EXPECT_EQ(refused.observed, "region B's credentials are refused there");
}

TEST_F(RegionCredentials, OfTheLostRegionThatOpenTheOthersStoreAreRed) {
  S3Store own{config_};
  S3Store with_lost{with_new_key()};
  const Finding finding = ask_region_credentials(own, with_lost, 0);
  EXPECT_EQ(finding.verdict, Verdict::missed);
  EXPECT_EQ(details(finding),
      "region A's credential lists objects\n"
      "region A's credential looks at an object\n"
      "region A's credential reads an object\n"
      "region A's credential writes an object\n"
      "region A's credential removes an object");
  EXPECT_EQ(digests_of(own), before_) << "the question left something there";
}

}  // namespace
}  // namespace pgrehearse
