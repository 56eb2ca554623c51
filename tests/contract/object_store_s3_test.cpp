// What only S3 stores promise, on a server that really runs.
#include "tests/contract/object_store_s3.hpp"

#include <filesystem>
#include <string>

#include "harness/base/error.hpp"
#include "harness/store/s3_client.hpp"
#include "harness/store/s3_store.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

class S3Server : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (const auto reason = s3_server(GetParam(), {}, 1000).why_not()) {
      GTEST_SKIP() << *reason;
    }
    config_ = s3_config_of(GetParam(), {}, 1000);
  }
  S3Config config_;
};

TEST_P(S3Server, TellsAMissingBucketFromAMissingObject) {
  S3Store store{config_};
  EXPECT_EQ(code_of([&] { static_cast<void>(store.stat("key")); }), "bad-config");
  EXPECT_EQ(code_of([&] { static_cast<void>(store.list("")); }), "bad-config");
  EXPECT_EQ(code_of([&] { static_cast<void>(get_bytes(store, "key")); }), "bad-config");
  EXPECT_EQ(code_of([&] { store.put("key", Content::of_bytes("x"), {}); }), "bad-config");
}

TEST_P(S3Server, IsNotTrustedWithoutItsAuthority) {
  config_.ca_file.clear();
  config_.attempts = 1000;  // would take for ever if it were tried again
  S3Store store{config_};
  EXPECT_EQ(code_of([&] { static_cast<void>(store.stat("key")); }), "store-unreachable");
}

// s3rver cannot tell of unfinished uploads.
class StrictS3Server : public S3Server {};

TEST_P(StrictS3Server, KeepsNoPartsOfAnUploadThatWasGivenUp) {
  make_bucket(config_);
  S3Store store{config_};
  const TempDir folder{"pgrehearse-s3-test"};
  const std::filesystem::path file = folder.path() / "large";
  write_file(file, "");
  std::filesystem::resize_file(file, 12U << 20U);
  const Content content = Content::of_file(file);
  std::filesystem::resize_file(file, 11U << 20U);
  EXPECT_EQ(code_of([&] { store.put("key", content, {.sha256 = "any"}); }), "io");

  S3Client client{config_};
  const S3Answer unfinished = client.send({.method = "GET", .query = {{"uploads", ""}}});
  EXPECT_TRUE(xml_elements(unfinished.body, {"Upload"}).empty()) << unfinished.body;
}

// Of a bucket that keeps versions, too: what was replaced and removed is gone with the rest.
TEST_P(StrictS3Server, ClearsWhatIsBelowItsPrefixForGoodAndNothingElse) {
  for (const bool versioned : {false, true}) {
    config_.bucket += "x";
    config_.prefix.clear();
    config_.abilities.versioned = versioned;
    config_.page_keys = 2;
    make_bucket(config_);
    S3Store bucket{config_};
    bucket.put("drills-of-others", Content::of_bytes("stays"), {});
    EXPECT_EQ(code_of([&] { bucket.clear(); }), "refused");
    config_.prefix = "drills";
    S3Store drills{config_};
    for (const char* key : {"a", "a", "b", "b/c", "d"}) {
      drills.put(key, Content::of_bytes("goes"), {});
    }
    drills.remove("d", {});
    drills.clear();
    EXPECT_TRUE(drills.list("").empty());
    EXPECT_EQ(bucket.list("").size(), 1U);
    S3Client client{config_};
    const S3Answer all = client.send({.method = "GET", .query = {{"versions", ""}}});
    EXPECT_EQ(xml_elements(all.body, {"Version", "DeleteMarker"}).size(), 1U) << all.body;
  }
}

INSTANTIATE_TEST_SUITE_P(Servers, S3Server, testing::Values("s3rver", "radosgw"),
    [](const auto& tested) { return tested.param; });

INSTANTIATE_TEST_SUITE_P(Servers, StrictS3Server, testing::Values("radosgw"),
    [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace pgrehearse
