#include "harness/pg/session.hpp"

#include <array>
#include <memory>

#include <gtest/gtest.h>

#include "harness/crypto/scram.hpp"
#include "harness/pg/connection_failure.hpp"
#include "harness/pg/sqlstate.hpp"
#include "tests/unit/pg/private_server.hpp"

namespace pgrehearse {
namespace {

TEST(SqlLiteral, DoublesWhatWouldEndIt) {
  EXPECT_EQ(literal("it's"), "'it''s'");
  EXPECT_EQ(literal("a\\'b"), " E'a\\\\''b'");
  EXPECT_EQ(identifier("we\"ird"), "\"we\"\"ird\"");
  EXPECT_THROW(static_cast<void>(literal(std::string_view{"a\0b", 3})), Error);
}

TEST(SqlStateWords, FallBackToTheClass) {
  EXPECT_EQ(condition_of("23505"), "unique violation");
  EXPECT_EQ(condition_of("23999"), "integrity constraint violation");
  EXPECT_EQ(condition_of("99999"), "unknown condition");
  EXPECT_EQ(condition_of(""), "unknown condition");
}

TEST(ConnectionFailureWords, AreNeverThoseOfTheDriver) {
  EXPECT_EQ(
      connection_failure_of("invalid percent-encoded token: \"canary%\"").cause.find("canary"),
      std::string_view::npos);
  EXPECT_EQ(
      connection_failure_of("FATAL:  password authentication failed for user \"canary\"").cause,
      "authentication failed");
  EXPECT_EQ(connection_failure_of("FATAL:  the database system is starting up").cause,
      "the database is starting up");
  EXPECT_EQ(connection_failure_of("timeout expired").cause, "timed out");
  EXPECT_EQ(connection_failure_of("FATAL:  sorry, too many clients already").cause,
      "too many connections");
  EXPECT_EQ(connection_failure_of("could not connect: Connection refused").cause,
      "refused: nothing listens there");
}

class SessionOnARealServer : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!PrivateServer::missing()) {
      server_ = std::make_unique<PrivateServer>();
    }
  }
  static void TearDownTestSuite() { server_.reset(); }
  void SetUp() override {
    if (server_ == nullptr) {
      GTEST_SKIP() << PrivateServer::missing().value_or("no server");
    }
  }

  static Session open() { return Session{server_->connection()}; }

  // The text of the Error that `act` must throw.
  template <typename Act>
  static std::string error_of(Act act) {
    try {
      act();
    } catch (const Error& error) {
      return error.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return {};
  }

  static std::string sqlstate_of(Session& session, std::string_view sql) {
    try {
      session.exec(sql);
    } catch (const QueryError& error) {
      EXPECT_EQ(error.code(), ErrorCode::query_failed);
      return error.sqlstate();
    }
    return "none";
  }

  static inline std::unique_ptr<PrivateServer> server_;
};

TEST_F(SessionOnARealServer, ReturnsRowsWithTheirNulls) {
  Session session = open();
  const Rows rows =
      session.exec("SELECT 0; SELECT n, NULLIF(n, 2)::text FROM generate_series(1, 2) n");
  EXPECT_EQ(rows, (Rows{{"1", "1"}, {"2", std::nullopt}}));
  EXPECT_TRUE(session.exec("CREATE TEMP TABLE t (i int)").empty());
  EXPECT_EQ(session.value("SELECT ''"), "");
  EXPECT_TRUE(session.alive());
}

TEST_F(SessionOnARealServer, TakesParametersAsTheyAre) {
  Session session = open();
  const std::array<std::optional<std::string>, 3> given = {"it's \\ \"q\"", std::nullopt, ""};
  EXPECT_EQ(session.exec("SELECT $1::text, $2::text, $3::text", given),
      (Rows{{"it's \\ \"q\"", std::nullopt, ""}}));
}

TEST_F(SessionOnARealServer, QuotesWhatTheServerReadsBack) {
  Session session = open();
  const std::string odd = "it's \\ \"q\" \xC3\xA9\n";
  EXPECT_EQ(session.value("SELECT " + literal(odd)), odd);
  EXPECT_EQ(
      session.value("SELECT " + identifier(odd) + " FROM (SELECT 7 AS " + identifier(odd) + ") s"),
      "7");
}

TEST_F(SessionOnARealServer, LeavesTransactionsToTheCaller) {
  Session session = open();
  session.exec("CREATE TEMP TABLE kept (i int)");
  session.exec("BEGIN; INSERT INTO kept VALUES (1)");
  session.exec("INSERT INTO kept VALUES (2)");
  session.exec("ROLLBACK");
  EXPECT_EQ(session.value("SELECT count(*) FROM kept"), "0");
  session.exec("BEGIN");
  session.exec("INSERT INTO kept VALUES (3)");
  session.exec("COMMIT");
  EXPECT_EQ(session.value("SELECT count(*) FROM kept"), "1");
}

TEST_F(SessionOnARealServer, OneValueIsExactlyOne) {
  Session session = open();
  EXPECT_THROW(session.value("SELECT 1 WHERE false"), Error);
  EXPECT_THROW(session.value("SELECT 1 UNION SELECT 2"), Error);
  EXPECT_THROW(session.value("SELECT NULL"), Error);
  EXPECT_THROW(session.value("SELECT 1, 2"), Error);
}

TEST_F(SessionOnARealServer, AFailedStatementKeepsItsCodeAndHidesItsText) {
  Session session = open();
  session.exec(
      "CREATE TEMP TABLE secret (v text PRIMARY KEY); INSERT INTO secret VALUES ('canary')");
  const std::string doubled =
      error_of([&] { session.exec("INSERT INTO secret VALUES ('canary')"); });
  EXPECT_NE(doubled.find("SQLSTATE 23505: unique violation"), std::string::npos) << doubled;
  EXPECT_EQ(doubled.find("canary"), std::string::npos) << doubled;
  const std::string misspelt = error_of([&] { session.exec("SELECT 'canary' FRM secret"); });
  EXPECT_NE(misspelt.find("42601"), std::string::npos) << misspelt;
  EXPECT_EQ(misspelt.find("canary"), std::string::npos) << misspelt;
  EXPECT_EQ(misspelt.find("LINE"), std::string::npos) << misspelt;
  EXPECT_EQ(session.value("SELECT count(*) FROM secret"), "1");
}

TEST_F(SessionOnARealServer, CodesThatTheDriverKeepsToItselfAreKnown) {
  Session session = open();
  const auto raised = [&](const std::string& code) {
    return sqlstate_of(
        session, "DO $$BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '" + code + "'; END$$");
  };
  EXPECT_EQ(raised("40001"), "40001");
  EXPECT_EQ(raised("40P01"), "40P01");
  EXPECT_EQ(raised("40003"), "40003");
  EXPECT_EQ(raised("23514"), "23514");
  EXPECT_EQ(raised("53300"), "53300");
  // A foreign server that cannot be reached is no loss of this connection.
  EXPECT_EQ(raised("08001").substr(0, 2), "08");
  EXPECT_TRUE(session.alive());
  EXPECT_EQ(session.value("SELECT 1"), "1");
}

TEST_F(SessionOnARealServer, NoticesStayOffTheTerminal) {
  Session session = open();
  // A setting that cannot be applied makes the server warn at each connect, with the value.
  session.exec(
      "CREATE ROLE noisy SUPERUSER LOGIN PASSWORD 'n'; ALTER ROLE noisy SET work_mem = '1MB'");
  session.exec("SET allow_system_table_mods = on");
  session.exec("UPDATE pg_db_role_setting SET setconfig = '{work_mem=canary}'");
  ConnectionSpec spec = server_->connection();
  spec.user = "noisy";
  spec.password = Secret{"n"};
  testing::internal::CaptureStderr();
  Session noisy{spec};
  noisy.exec("SET client_min_messages = notice");
  noisy.exec("DO $$BEGIN RAISE WARNING 'canary'; END$$");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  session.exec("DROP ROLE noisy");
}

TEST_F(SessionOnARealServer, ALostConnectionStaysLost) {
  Session session = open();
  Session other = open();
  const std::string pid = session.value("SELECT pg_backend_pid()");
  other.exec("SELECT pg_terminate_backend(" + pid + ", 50000)");
  EXPECT_FALSE(session.alive());
  for (int attempt = 0; attempt < 2; ++attempt) {
    try {
      session.exec("SELECT 1");
      FAIL() << "it connected again";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::connection_lost);
    }
  }
}

TEST_F(SessionOnARealServer, ALossIsNoticedInTheMiddleOfAStatement) {
  Session session = open();
  try {
    session.exec("SELECT pg_terminate_backend(pg_backend_pid())");
    FAIL() << "it lived on";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::connection_lost);
    EXPECT_EQ(error.message(), "the connection to the server was lost");
  }
  EXPECT_FALSE(session.alive());
}

TEST_F(SessionOnARealServer, AMovedSessionGoesOn) {
  Session first = open();
  first.exec("CREATE TEMP TABLE here (i int)");
  Session second = std::move(first);
  EXPECT_EQ(second.value("SELECT count(*) FROM here"), "0");
}

TEST_F(SessionOnARealServer, AWrongPasswordIsNotRepeated) {
  ConnectionSpec spec = server_->connection();
  spec.user = "canary_user";
  spec.password = Secret{"canary%zz"};
  const std::string text = error_of([&] { const Session refused{spec}; });
  EXPECT_NE(text.find("authentication failed"), std::string::npos) << text;
  EXPECT_EQ(text.find("canary"), std::string::npos) << text;
  EXPECT_EQ(text.find("127.0.0.1"), std::string::npos) << text;
}

TEST_F(SessionOnARealServer, OtherRefusalsHaveNames) {
  ConnectionSpec spec = server_->connection();
  spec.database = "canary";
  EXPECT_NE(
      error_of([&] { const Session refused{spec}; }).find("no such database"), std::string::npos);
  spec = server_->connection();
  spec.endpoint.port = 1;
  EXPECT_NE(error_of([&] { const Session refused{spec}; }).find("nothing listens there"),
      std::string::npos);
}

TEST_F(SessionOnARealServer, TheEnvironmentCannotSendItElsewhere) {
  setenv("PGHOSTADDR", "192.0.2.1", 1);
  setenv("PGPORT", "1", 1);
  setenv("PGTARGETSESSIONATTRS", "standby", 1);
  EXPECT_NO_THROW({
    Session session = open();
    session.exec("SELECT 1");
  });
  unsetenv("PGHOSTADDR");
  unsetenv("PGPORT");
  unsetenv("PGTARGETSESSIONATTRS");
}

TEST_F(SessionOnARealServer, AVerifierLetsItsPasswordIn) {
  Session session = open();
  ConnectionSpec spec = server_->connection();
  spec.user = "verified";
  spec.password = Secret{"p' \"\\%41 w"};
  const std::string verifier = scram_sha_256_verifier(spec.password);
  EXPECT_EQ(verifier.find(spec.password.reveal()), std::string::npos);
  EXPECT_NE(verifier, scram_sha_256_verifier(spec.password)) << "the salt is not random";
  session.exec(
      "DROP ROLE IF EXISTS verified; CREATE ROLE verified LOGIN PASSWORD " + literal(verifier));
  EXPECT_EQ(
      session.value("SELECT rolpassword FROM pg_authid WHERE rolname = 'verified'"), verifier);
  EXPECT_EQ(Session{spec}.value("SELECT current_user"), "verified");
  spec.password = Secret{"p' \"\\A w"};
  EXPECT_NE(error_of([&] { const Session refused{spec}; }).find("authentication failed"),
      std::string::npos);
  EXPECT_THROW(static_cast<void>(scram_sha_256_verifier(Secret{"p\xC3\xA9"})), Error);
  session.exec("DROP ROLE verified");
}

}  // namespace
}  // namespace pgrehearse
