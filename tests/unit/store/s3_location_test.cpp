#include "harness/store/s3_location.hpp"

#include <cstdlib>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

TEST(S3Location, IsABucketAndAKey) {
  EXPECT_TRUE(is_s3_location("s3://backups"));
  EXPECT_FALSE(is_s3_location("backups/s3://x"));
  EXPECT_EQ(s3_location("s3://backups").key, "");
  EXPECT_EQ(s3_location("s3://backups/").text(), "s3://backups");
  const S3Location place = s3_location("s3://shop.backups-1/nightly/2026 11/");
  EXPECT_EQ(place.bucket, "shop.backups-1");
  EXPECT_EQ(place.key, "nightly/2026 11");
  EXPECT_EQ(place.text(), "s3://shop.backups-1/nightly/2026 11");
  for (const char* wrong : {"s3://", "s3:///key", "s3://ab", "s3://Backups/x", "s3://me:it@host/x",
           "s3://backups//x", "s3://backups/../x", "/backups"}) {
    EXPECT_THROW(static_cast<void>(s3_location(wrong)), Error) << wrong;
  }
}

class Environment {
 public:
  explicit Environment(std::map<std::string, std::string> variables)
      : variables_(std::move(variables)) {
    for (const char* name :
        {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
            "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE"}) {
      unsetenv(name);
    }
    for (const auto& [name, value] : variables_) {
      setenv(name.c_str(), value.c_str(), 1);
    }
  }
  ~Environment() {
    for (const auto& [name, value] : variables_) {
      unsetenv(name.c_str());
    }
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  std::map<std::string, std::string> variables_;
};

TEST(S3Location, IsReachedAsTheVariablesOfAwsSay) {
  const Environment environment{{{"AWS_ACCESS_KEY_ID", "id"}, {"AWS_SECRET_ACCESS_KEY", "key"},
      {"AWS_SESSION_TOKEN", "token"}, {"AWS_DEFAULT_REGION", "eu-central-1"}}};
  const S3Config config = s3_config_at({.bucket = "backups", .key = "x"});
  EXPECT_EQ(config.endpoint, "https://s3.eu-central-1.amazonaws.com");
  EXPECT_EQ(config.region, "eu-central-1");
  EXPECT_EQ(config.bucket, "backups");
  EXPECT_EQ(config.prefix, "");
  EXPECT_EQ(config.credentials.key_id, "id");
  EXPECT_EQ(config.credentials.secret.reveal(), "key");
  EXPECT_EQ(config.credentials.token.reveal(), "token");
}

TEST(S3Location, IsReachedAsSomebodySaysRather) {
  const Environment environment{{{"AWS_ACCESS_KEY_ID", "id"}, {"AWS_SECRET_ACCESS_KEY", "key"},
      {"AWS_SESSION_TOKEN", "token"}, {"AWS_REGION", "here"}, {"AWS_DEFAULT_REGION", "there"},
      {"AWS_ENDPOINT_URL", "http://all"}, {"AWS_ENDPOINT_URL_S3", "http://s3"},
      {"AWS_CA_BUNDLE", "/ca"}, {"SHOP_ID", "shop"}, {"SHOP_KEY", "hidden"}}};
  const S3Config by_environment = s3_config_at({.bucket = "backups"});
  EXPECT_EQ(by_environment.endpoint, "http://s3");
  EXPECT_EQ(by_environment.region, "here");
  EXPECT_EQ(by_environment.ca_file, "/ca");

  const S3Config config = s3_config_at({.bucket = "backups"}, {.endpoint = "http://mine",
                                                                  .region = "far",
                                                                  .key_id_env = "SHOP_ID",
                                                                  .secret_env = "SHOP_KEY"});
  EXPECT_EQ(config.endpoint, "http://mine");
  EXPECT_EQ(config.region, "far");
  EXPECT_EQ(config.credentials.key_id, "shop");
  EXPECT_TRUE(config.credentials.token.empty()) << "a token belongs to the pair it came with";
}

TEST(S3Location, NeedsCredentials) {
  const Environment environment{{{"AWS_ACCESS_KEY_ID", "id"}}};
  try {
    static_cast<void>(s3_config_at({.bucket = "backups"}));
    FAIL() << "it was reached without a secret";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_config);
    EXPECT_EQ(error.place(), "AWS_SECRET_ACCESS_KEY");
  }
}

}  // namespace
}  // namespace pgrehearse
