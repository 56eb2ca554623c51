#include "harness/pg/login.hpp"

#include <cstdlib>
#include <memory>

#include <gtest/gtest.h>

#include "harness/crypto/scram.hpp"
#include "tests/unit/pg/private_server.hpp"

namespace pgrehearse {
namespace {

class LoginAttempt : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (PrivateServer::missing()) {
      return;
    }
    server_ = std::make_unique<PrivateServer>();
    Session session{server_->connection()};
    const std::string verifier = literal(scram_sha_256_verifier(Secret{"right"}));
    session.exec("CREATE ROLE clerk LOGIN PASSWORD " + verifier +
                 "; CREATE ROLE group_of PASSWORD " + verifier +
                 "; CREATE ROLE gone LOGIN VALID UNTIL '2020-01-01Z' PASSWORD " + verifier);
    session.exec("CREATE DATABASE closed ALLOW_CONNECTIONS false");
    session.exec("CREATE DATABASE private");
    session.exec("REVOKE CONNECT ON DATABASE private FROM PUBLIC");
  }
  static void TearDownTestSuite() { server_.reset(); }
  void SetUp() override {
    if (server_ == nullptr) {
      GTEST_SKIP() << PrivateServer::missing().value_or("no server");
    }
  }
  static LoginAnswer login(const std::string& role, const std::string& password,
      const std::string& database = "postgres") {
    ConnectionSpec spec = server_->connection();
    spec.user = role;
    spec.password = Secret{password};
    spec.database = database;
    return try_login(spec);
  }

  static inline std::unique_ptr<PrivateServer> server_;
};

TEST_F(LoginAttempt, WithTheRightPasswordIsAccepted) {
  EXPECT_TRUE(try_login(server_->connection()).accepted);
  EXPECT_TRUE(login("clerk", "right").accepted);
}

TEST_F(LoginAttempt, WithoutRightIsRefusedBySqlstate) {
  EXPECT_EQ(login("clerk", "wrong").sqlstate, "28P01");
  EXPECT_EQ(login("nobody at all", "right").sqlstate, "28P01");
  EXPECT_EQ(login("gone", "right").sqlstate, "28P01");
  EXPECT_EQ(login("group_of", "right").sqlstate, "28000");
  EXPECT_TRUE(login("clerk", "wrong").refused());
  EXPECT_FALSE(login("clerk", "wrong").authenticated());
}

TEST_F(LoginAttempt, MayBeAuthenticatedAndYetNotGetIn) {
  for (const char* database : {"no such database", "closed", "private"}) {
    const LoginAnswer answer = login("clerk", "right", database);
    EXPECT_FALSE(answer.accepted) << database;
    EXPECT_TRUE(answer.authenticated()) << database << answer.sqlstate;
    EXPECT_EQ(login("clerk", "wrong", database).sqlstate, "28P01") << database;
  }
}

TEST_F(LoginAttempt, LetsNothingOfTheEnvironmentHelp) {
  setenv("PGPASSWORD", "right", 1);
  EXPECT_EQ(login("clerk", "wrong").sqlstate, "28P01");
  EXPECT_THROW(static_cast<void>(login("clerk", "")), Error);
  unsetenv("PGPASSWORD");
}

TEST_F(LoginAttempt, WithoutAServerIsNoAnswer) {
  ConnectionSpec spec = server_->connection();
  spec.endpoint.port = 1;
  try {
    static_cast<void>(try_login(spec));
    ADD_FAILURE() << "nothing listens there";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::connection_lost);
  }
}

}  // namespace
}  // namespace pgrehearse
