// What drill.yaml may say of a backup that is there already, and what it is told where it may not.
#include "harness/drill/subject_artifact.hpp"

#include <gtest/gtest.h>

#include "tests/unit/drill/subject_file.hpp"

namespace pgrehearse {
namespace {

ArtifactSpec artifact(const std::string& keys) {
  return *SubjectFile{"name: shop\nartifact: {path: backups" + keys + "}\n"}.load().artifact;
}

std::string refusal(const std::string& keys) {
  const SubjectFile file{"name: shop\nartifact: {path: backups" + keys + "}\n"};
  const std::optional<Error> error = file.refusal();
  return error ? error->message() : "nothing refused it";
}

TEST(SubjectArtifact, OfARepositoryComesBackToTheEndOfItsArchive) {
  EXPECT_TRUE(std::holds_alternative<Immediate>(artifact("").target));
  EXPECT_EQ(artifact("").tool, "");
  const ArtifactSpec spec = artifact(", stanza: shop, passphrase_env: SHOP_KEY");
  EXPECT_EQ(spec.tool, "pgbackrest");
  EXPECT_EQ(spec.section, "shop");
  EXPECT_EQ(spec.passphrase_env, "SHOP_KEY");
  EXPECT_TRUE(std::holds_alternative<Latest>(spec.target));
  EXPECT_EQ(artifact(", server: shop").tool, "barman");
  EXPECT_TRUE(
      std::holds_alternative<Immediate>(artifact(", tool: barman, target: immediate").target));
}

TEST(SubjectArtifact, OfARepositoryTakesNoKeysOfFiles) {
  EXPECT_NE(refusal(", tool: pgbackrest, match: '*.dump'").find("'match'"), std::string::npos);
  EXPECT_NE(refusal(", tool: barman, decrypt: cat").find("'decrypt'"), std::string::npos);
  EXPECT_NE(refusal(", tool: barman, stanza: shop").find("'stanza' is not for barman"),
      std::string::npos);
  EXPECT_NE(refusal(", stanza: shop, server: shop").find("'server' is not for pgbackrest"),
      std::string::npos);
  EXPECT_NE(refusal(", tool: wal-g").find("tool"), std::string::npos);
  EXPECT_NE(refusal(", target: latest").find("'target: latest'"), std::string::npos);
}

TEST(SubjectArtifact, IsChosenByRankOrByLabel) {
  for (const char* choice : {"latest", "oldest", "random", "'2'", "20261122-064226F",
           "20261122-064226F_20261122-064229I", "20261121T193408"}) {
    EXPECT_EQ(refusal(std::string{", choose: "} + choice), "nothing refused it") << choice;
  }
  EXPECT_NE(refusal(", choose: lastest"), "nothing refused it");
}

ArtifactSpec stored(const std::string& keys) {
  return *SubjectFile{"name: shop\nartifact: {" + keys + "}\n"}.load().artifact;
}

std::string stored_refusal(const std::string& keys) {
  const SubjectFile file{"name: shop\nartifact: {" + keys + "}\n"};
  const std::optional<Error> error = file.refusal();
  return error ? error->message() : "nothing refused it";
}

TEST(SubjectArtifact, MayBeInABucket) {
  const ArtifactSpec spec = stored(
      "path: 's3://backups/shop/nightly/', wal: 's3://wal-of-shop', globals: "
      "'s3://backups/shop/globals.sql', s3: {endpoint: 'https://s3.example.com', region: here, "
      "key_id_env: SHOP_ID, secret_env: SHOP_KEY}");
  EXPECT_EQ(spec.path, "s3://backups/shop/nightly");
  EXPECT_EQ(spec.wal, "s3://wal-of-shop");
  EXPECT_EQ(spec.globals, "s3://backups/shop/globals.sql");
  EXPECT_EQ(spec.access.endpoint, "https://s3.example.com");
  EXPECT_EQ(spec.access.key_id_env, "SHOP_ID");
  EXPECT_TRUE(std::holds_alternative<Latest>(spec.target));
  EXPECT_EQ(stored("path: 's3://backups/shop'").access.endpoint, "");
}

TEST(SubjectArtifact, InABucketMayBeARepositoryOfPgbackrest) {
  const std::string there = "path: 's3://backups/shop', stanza: shop";
  const ArtifactSpec spec = stored(there + ", passphrase_env: KEY");
  EXPECT_EQ(spec.tool, "pgbackrest");
  EXPECT_EQ(spec.section, "shop");
  EXPECT_TRUE(std::holds_alternative<Latest>(spec.target)) << "its WAL is in it";
  EXPECT_NE(stored_refusal(there + ", wal: 's3://backups/wal'").find("beside a repository"),
      std::string::npos);
}

TEST(SubjectArtifact, InABucketIsNoFolderOfBarmanAndNamesAPlace) {
  const std::string there = "path: 's3://backups/shop'";
  for (const char* key : {"tool: barman", "server: shop"}) {
    EXPECT_NE(
        stored_refusal(there + ", " + key).find("beside a path in a bucket"), std::string::npos)
        << key;
  }
  EXPECT_NE(stored_refusal("path: 's3://B'").find("no place"), std::string::npos);
  EXPECT_NE(stored_refusal("path: 's3://backups/../x'").find("leads elsewhere"), std::string::npos);
  EXPECT_NE(stored_refusal("path: backups, s3: {region: here}").find("beside paths of this host"),
      std::string::npos);
  EXPECT_NE(stored_refusal(there + ", s3: {key_id_env: A}"), "nothing refused it");
  EXPECT_NE(stored_refusal(there + ", s3: {endpoint: 'https://a:b@host'}"), "nothing refused it");
  EXPECT_NE(stored_refusal(there + ", baseline: 's3://backups/b.json'").find("'baseline'"),
      std::string::npos);
}

}  // namespace
}  // namespace pgrehearse
