// What drill.yaml may say of object stores, and what it is told where it may not.
#include "harness/drill/subject_stores.hpp"

#include <gtest/gtest.h>

#include "tests/unit/drill/subject_file.hpp"

namespace pgrehearse {
namespace {

std::string s3(
    const std::string& bucket, const std::string& more = "", const std::string& of = "") {
  return "{s3: {endpoint: 'https://127.0.0.1:7481', bucket: " + bucket + ", key_id_env: " + of +
         "KEY_ID, secret_env: " + of + "KEY" + more + "}}";
}

TEST(SubjectStores, AreFoldersWhereNothingIsSaid) {
  const StoresSpec stores = SubjectFile{"name: shop\n"}.load().stores;
  EXPECT_FALSE(stores.vault.s3.has_value());
  EXPECT_FALSE(stores.region_a.s3.has_value());
  EXPECT_FALSE(stores.region_b.s3.has_value());
}

TEST(SubjectStores, AreReadWithWhatTheyNeed) {
  const SubjectFile file{R"(
name: shop
stores:
  vault:
    s3:
      endpoint: https://s3.example.com:443
      bucket: shop-drills
      prefix: rehearsals/vault
      region: eu-central-1
      ca_file: seed.sql
      key_id_env: VAULT_KEY_ID
      secret_env: VAULT_KEY
      versioned: true
    rotate: [make, new-key]
    deadline: 20s
  region_a: )" + s3("aa", "", "A_") +
                         "\n  region_b: " + s3("bb", "", "B_") + "\n"};
  const StoresSpec stores = file.load().stores;
  ASSERT_TRUE(stores.vault.s3 && stores.vault.rotate && stores.region_a.s3 && stores.region_b.s3);
  EXPECT_EQ(stores.vault.s3->endpoint, "https://s3.example.com:443");
  EXPECT_EQ(stores.vault.s3->bucket, "shop-drills");
  EXPECT_EQ(stores.vault.s3->prefix, "rehearsals/vault");
  EXPECT_EQ(stores.vault.s3->region, "eu-central-1");
  EXPECT_EQ(stores.vault.s3->ca_file, file.folder() / "seed.sql");
  EXPECT_EQ(stores.vault.s3->key_id_env, "VAULT_KEY_ID");
  EXPECT_EQ(stores.vault.s3->secret_env, "VAULT_KEY");
  EXPECT_TRUE(stores.vault.s3->versioned);
  EXPECT_EQ(stores.vault.rotate->argv, (std::vector<std::string>{"make", "new-key"}));
  EXPECT_EQ(stores.vault.rotate->deadline, Seconds{20});
  EXPECT_EQ(stores.region_b.s3->bucket, "bb");
  EXPECT_EQ(stores.region_b.s3->prefix, "pgrehearse");
  EXPECT_EQ(stores.region_b.s3->region, "us-east-1");
  EXPECT_TRUE(stores.region_b.s3->ca_file.empty());
  EXPECT_FALSE(stores.region_b.s3->versioned);
}

void expect_refusal(const std::string& section, int line, const std::string& message) {
  const SubjectFile file{"name: shop\nstores:\n" + section};
  const std::optional<Error> refusal = file.refusal();
  ASSERT_TRUE(refusal.has_value()) << section;
  EXPECT_EQ(refusal->place(), file.line(line)) << refusal->what();
  EXPECT_NE(refusal->message().find(message), std::string::npos) << refusal->what();
}

TEST(SubjectStores, AreRefusedByTheirLine) {
  expect_refusal("  vault: {rotate: x}\n", 3, "key 's3' is missing");
  expect_refusal(
      "  vault: " + s3("aa", ", ca_file: ca.crt") + "\n", 3, "there is no file 'ca.crt'");
  expect_refusal("  vault: " + s3("aa", ", secret: x") + "\n", 3, "named like a secret");
  expect_refusal("  vault: " + s3("Upper") + "\n", 3, "must be the name of a bucket");
  expect_refusal("  vault: " + s3("aa", ", prefix: /x") + "\n", 3, "must be parts of letters");
  expect_refusal("  vault: " + s3("aa", ", versioned: 1") + "\n", 3, "must be true or false");
  expect_refusal("  region_a: " + s3("aa") + "\n", 3, "region_b");
  expect_refusal("  region_a: " + s3("aa", "", "A_") + "\n  region_b: " + s3("aa", "", "B_") + "\n",
      4, "both regions have the same bucket");
  expect_refusal("  region_a: " + s3("aa", "", "A_") + "\n  region_b: " + s3("bb", "", "A_") + "\n",
      4, "from the same variable");
  expect_refusal("  region_a:\n    rotate: x\n", 4, "unknown key 'rotate'");
}

TEST(SubjectStores, TakeNoCredentialInTheirEndpoint) {
  expect_refusal(
      "  vault:\n    s3:\n      endpoint: https://key:secret@127.0.0.1\n", 5, "a secret stands");
}

}  // namespace
}  // namespace pgrehearse
