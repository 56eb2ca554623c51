#include "harness/drill/subject_secrets.hpp"

#include <string>

#include <gtest/gtest.h>

#include "tests/unit/drill/subject_file.hpp"

namespace pgrehearse {
namespace {

class SecretsInDrillYaml : public testing::TestWithParam<const char*> {};

TEST_P(SecretsInDrillYaml, AreRefusedAndNeverRepeated) {
  const SubjectFile file{std::string{"name: x\n"} + GetParam()};
  const std::optional<Error> error = file.refusal();
  ASSERT_TRUE(error.has_value()) << "it was accepted";
  EXPECT_EQ(error->code(), ErrorCode::bad_config);
  EXPECT_EQ(std::string{error->what()}.find("CaNaRy"), std::string::npos) << error->what();
  EXPECT_NE(error->message().find("secret"), std::string::npos) << error->what();
  EXPECT_NE(error->hint().find("password_env"), std::string::npos) << error->what();
  EXPECT_EQ(error->place(), file.line(2));
}

INSTANTIATE_TEST_SUITE_P(Each, SecretsInDrillYaml,
    testing::Values("password: CaNaRy\n", "workload: {db_password: CaNaRy}\n",
        "api-token: CaNaRy\n", "backup: {settings: {repo1-cipher-pass: CaNaRy}}\n",
        "backup: {settings: {s3SecretKey: CaNaRy}}\n",
        "postgres: {settings: {ssl_passphrase_command: echo CaNaRy}}\n", "password: [CaNaRy]\n",
        "secret:\n  CaNaRy: x\n", "database: postgres://app:CaNaRy@db/app\n",
        "workload: {command: \"psql postgresql://u:CaNaRy@h:5/d\"}\n",
        "migrate: {command: [psql, 'host=h user=u password=CaNaRy']}\n",
        "migrate: {command: PGPASSWORD=CaNaRy psql}\n",
        "migrate: {command: tool --password=CaNaRy}\n",
        "seed: {sql: \"CREATE ROLE app LOGIN PASSWORD 'CaNaRy'\"}\n",
        "seed: {sql: \"ALTER USER app ENCRYPTED PASSWORD E'CaNaRy'\"}\n",
        "postgres://u:CaNaRy@h/d: x\n",
        "postgres: {settings: {primary_conninfo: \"host=h password = 'CaNaRy'\"}}\n"));

TEST(SecretsInDrillYamlByName, AreWelcomeAsVariables) {
  const SubjectFile file{"name: x\nbackup: {settings: {cipher_pass_env: REPO_PASS}}\n"};
  EXPECT_EQ(file.load().backup.settings.at("cipher_pass_env"), "REPO_PASS");
}

TEST(SecretsInDrillYamlByName, AreRefusedWhenTheVariableIsTheSecret) {
  const std::optional<Error> error =
      SubjectFile{"name: x\nbackup: {settings: {password_env: hunter2-CaNaRy}}\n"}.refusal();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(std::string{error->what()}.find("CaNaRy"), std::string::npos) << error->what();
}

TEST(SecretIn, LeavesHarmlessTextsAlone) {
  for (const char* text :
      {"postgres://db/app", "postgres://app@db:5432/app", "https://example.invalid/a:b",
          "psql postgres://app:$PGPASSWORD@db/app", "PGPASSWORD=$APP_PW psql",
          "SELECT count(*) FROM users WHERE password IS NULL", "ALTER ROLE app PASSWORD NULL",
          "UPDATE accounts SET password = md5(random()::text)", "postgres:15", ""}) {
    EXPECT_EQ(secret_in(text), "") << text;
  }
}

TEST(SecretIn, KnowsPostgresSettingsThatOnlySoundLikeOne) {
  const SubjectFile file{"name: x\npostgres: {settings: {password_encryption: scram-sha-256}}\n"};
  EXPECT_EQ(file.load().postgres.settings.at("password_encryption"), "scram-sha-256");
}

}  // namespace
}  // namespace pgrehearse
