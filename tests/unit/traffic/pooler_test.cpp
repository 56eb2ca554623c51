// A real PgBouncer between a client and two real servers, of which the second has the verifiers of
// the first, as a restored copy has.
#include "harness/traffic/pooler.hpp"

#include <cstdlib>
#include <filesystem>
#include <memory>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/files.hpp"
#include "harness/crypto/scram.hpp"
#include "harness/engine/local_account.hpp"
#include "harness/process/wait.hpp"
#include "tests/unit/pg/private_server.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

class PoolerTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (PrivateServer::missing()) {
      return;
    }
    old_server = std::make_unique<PrivateServer>();
    new_server = std::make_unique<PrivateServer>();
    verifier = Secret{scram_sha_256_verifier(password)};
    for (PrivateServer* server : {old_server.get(), new_server.get()}) {
      Session session{server->connection()};
      session.exec("CREATE ROLE app LOGIN PASSWORD " + literal(verifier.reveal()));
    }
  }
  static void TearDownTestSuite() {
    old_server.reset();
    new_server.reset();
  }
  void SetUp() override {
    if (const std::optional<std::string> reason = PrivateServer::missing()) {
      GTEST_SKIP() << *reason;
    }
    try {
      static_cast<void>(pgbouncer_program());
    } catch (const Error& error) {
      GTEST_SKIP() << error.message();
    }
    fs::permissions(folder_.path(), fs::perms{0711});
  }

  [[nodiscard]] static Upstream to(const PrivateServer& server) {
    return {.endpoint = server.connection().endpoint,
        .database = "postgres",
        .roles = {{"app", verifier}}};
  }
  [[nodiscard]] PoolerSpec spec(PoolMode mode = PoolMode::session) const {
    return {.folder = folder_.path() / "pooler", .account = local_account(), .mode = mode};
  }
  [[nodiscard]] static ConnectionSpec client_of(const Pooler& pooler) {
    return {.endpoint = pooler.endpoint(), .user = "app", .password = password};
  }
  static std::string port_behind(Session& session) {
    return session.value("SELECT pg_catalog.inet_server_port()");
  }
  static std::string port_of(const PrivateServer& server) {
    return std::to_string(server.connection().endpoint.port);
  }

  inline static std::unique_ptr<PrivateServer> old_server;
  inline static std::unique_ptr<PrivateServer> new_server;
  inline static Secret password = Secret::random();
  inline static Secret verifier;
  TempDir folder_{"pgrehearse-pooler"};
};

TEST_F(PoolerTest, ASwitchLeadsNewClientsToTheOtherServer) {
  for (const PoolMode mode : {PoolMode::session, PoolMode::transaction}) {
    Pooler pooler{spec(mode), to(*old_server)};
    EXPECT_TRUE(pooler.version().starts_with("PgBouncer 1.")) << pooler.version();
    {
      Session client{client_of(pooler)};
      EXPECT_EQ(port_behind(client), port_of(*old_server));
    }
    pooler.point_at(to(*new_server));
    Session client{client_of(pooler)};
    EXPECT_EQ(port_behind(client), port_of(*new_server));
    EXPECT_EQ(std::to_string(pooler.leads_to().port), port_of(*new_server));
  }
}

TEST_F(PoolerTest, ASwitchEndsClientsAndConnectionsOfTheOldServer) {
  for (const PoolMode mode : {PoolMode::session, PoolMode::transaction}) {
    Pooler pooler{spec(mode), to(*old_server)};
    Session idle{client_of(pooler)};
    EXPECT_EQ(port_behind(idle), port_of(*old_server));
    Session busy{client_of(pooler)};
    busy.exec("BEGIN");
    EXPECT_EQ(port_behind(busy), port_of(*old_server));
    EXPECT_FALSE(pooler.open_connections().empty());

    pooler.point_at(to(*new_server));
    EXPECT_TRUE(pooler.open_connections().empty());
    for (Session* session : {&idle, &busy}) {
      EXPECT_THROW(session->exec("SELECT 1"), Error);
      EXPECT_FALSE(session->alive());
    }
    Session superuser{old_server->connection()};
    // A connection that was closed is served for as long as its server takes to notice.
    wait_until(
        "the old server's sessions to end", Seconds{60}, [&]() -> std::optional<std::string> {
          const std::string left =
              superuser.value("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'");
          return left == "0" ? std::nullopt : std::optional{left};
        });
  }
}

TEST_F(PoolerTest, LogsInWithNothingButTheVerifier) {
  Pooler pooler{spec(), to(*old_server)};
  Session client{client_of(pooler)};
  EXPECT_EQ(client.value("SELECT current_user"), "app");
  ConnectionSpec wrong = client_of(pooler);
  wrong.password = Secret{"guessed"};
  EXPECT_THROW(Session{wrong}, Error);
  for (const fs::directory_entry& entry : fs::directory_iterator{spec().folder}) {
    EXPECT_EQ(read_file(entry.path()).find(password.reveal()), std::string::npos) << entry.path();
    EXPECT_EQ(entry.status().permissions() & fs::perms{0077}, fs::perms::none) << entry.path();
  }
}

// The same password under another salt is another verifier: then the pooler cannot log in.
TEST_F(PoolerTest, ARoleWithAnotherVerifierNeedsTheNewOne) {
  Pooler pooler{spec(), to(*old_server)};
  { Session client{client_of(pooler)}; }
  const Secret other{scram_sha_256_verifier(password)};
  Session superuser{new_server->connection()};
  superuser.exec("ALTER ROLE app PASSWORD " + literal(other.reveal()));
  pooler.point_at(to(*new_server));
  EXPECT_THROW(Session{client_of(pooler)}.exec("SELECT 1"), Error);
  Upstream rotated = to(*new_server);
  rotated.roles = {{"app", other}};
  pooler.point_at(rotated);
  Session client{client_of(pooler)};
  EXPECT_EQ(port_behind(client), port_of(*new_server));
  superuser.exec("ALTER ROLE app PASSWORD " + literal(verifier.reveal()));
}

TEST_F(PoolerTest, RefusesSettingsThatItDidNotTake) {
  Pooler pooler{spec(), to(*old_server)};
  Upstream broken = to(*new_server);
  broken.endpoint.host = "127.0.0.1 no_such_key=1";
  EXPECT_THROW(pooler.point_at(broken), Error);
}

TEST_F(PoolerTest, NothingIsLeftOfIt) {
  {
    Pooler pooler{spec(), to(*old_server)};
    EXPECT_TRUE(fs::exists(spec().folder));
  }
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(PoolerTest, SaysWhyItDidNotStart) {
  Upstream broken = to(*old_server);
  broken.database = "two words";
  try {
    const Pooler pooler{spec(), broken};
    FAIL() << "it started with broken settings";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::instance_failed);
    EXPECT_NE(error.message().find("pgbouncer ended while it started"), std::string::npos);
  }
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

// The harness is killed: its pooler must not go on letting clients through.
TEST_F(PoolerTest, EndsWithAHarnessThatIsKilled) {
  const fs::path told = folder_.path() / "port";
  const pid_t harness = fork();
  if (harness == 0) {
    try {
      const Pooler pooler{spec(), to(*old_server)};
      write_file(told, std::to_string(pooler.endpoint().port));
      pause();
    } catch (const std::exception&) {
      _exit(1);
    }
    _exit(0);
  }
  wait_until("the pooler of the other process", Seconds{60}, [&]() -> std::optional<std::string> {
    return fs::exists(told) ? std::nullopt : std::optional<std::string>{"no port yet"};
  });
  ConnectionSpec client{.endpoint = {}, .user = "app", .password = password};
  client.endpoint.port = static_cast<std::uint16_t>(std::stoul(read_file(told)));
  { Session before{client}; }
  kill(harness, SIGKILL);
  waitpid(harness, nullptr, 0);
  wait_until("its end", Seconds{60}, [&]() -> std::optional<std::string> {
    try {
      const Session after{client};
      return "it still answers";
    } catch (const Error&) {
      return std::nullopt;
    }
  });
}

TEST(PgBouncer, IsNamedWhenItIsNotThere) {
  setenv("PGREHEARSE_PGBOUNCER", "/nonexistent/pgbouncer", 1);
  try {
    static_cast<void>(pgbouncer_program());
    FAIL() << "found a program that is not there";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::engine_missing);
    EXPECT_FALSE(error.hint().empty());
  }
  unsetenv("PGREHEARSE_PGBOUNCER");
}

}  // namespace
}  // namespace pgrehearse
