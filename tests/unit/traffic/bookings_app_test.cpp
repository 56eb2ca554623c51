// The application of the built-in subject tells a database that can serve from one that cannot. It
// asks a real server, through the environment that a drill gives it.
#include <memory>
#include <regex>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/traffic/application.hpp"
#include "harness/traffic/health_report.hpp"
#include "tests/unit/pg/private_server.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

class BookingsApp : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!PrivateServer::missing()) {
      server = std::make_unique<PrivateServer>();
    }
  }
  static void TearDownTestSuite() { server.reset(); }

  void SetUp() override {
    if (const auto reason = PrivateServer::missing()) {
      GTEST_SKIP() << *reason;
    }
    Session session{server->connection()};
    session.exec("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    fs::create_directory(root_.path() / "migrations");
    for (const char* name : {"0001_first.sql", "0002_second.sql"}) {
      write_file(root_.path() / "migrations" / name, "");
    }
    const ConnectionSpec connection = server->connection();
    application_ = std::make_unique<Application>(ApplicationStart{
        .program = {.argv = {"bookings-app"},
            .env = {{"PGHOST", Secret{connection.endpoint.host}},
                {"PGPORT", Secret{fmt::format("{}", connection.endpoint.port)}},
                {"PGUSER", Secret{connection.user}}, {"PGPASSWORD", connection.password},
                {"PGDATABASE", Secret{connection.database}}},
            .cwd = root_.path()},
        .folder = root_.path() / "application",
        .page = "/healthz"});
  }

  static void migrate() {
    Session{server->connection()}.exec(
        "CREATE TABLE schema_migrations (version text); "
        "INSERT INTO schema_migrations VALUES ('0001'), ('0002'); "
        "CREATE TABLE clients (client_id bigserial); "
        "CREATE TABLE leads (lead_id bigserial, site_id bigint, state text, source text, "
        "score numeric, note text, created_at timestamptz DEFAULT now()); "
        "CREATE TABLE heartbeats (name text PRIMARY KEY, beaten_at timestamptz)");
  }
  static void fill() { Session{server->connection()}.exec("INSERT INTO leads DEFAULT VALUES"); }

  HealthReport ready() {
    return health_report_of(application_->get("/readyz"), "database.migrations_current");
  }
  void beat(const std::string& mark, const std::string& when) const {
    fs::create_directory(root_.path() / "heartbeats");
    write_file(root_.path() / "heartbeats" / mark, when + "\n");
  }

  inline static std::unique_ptr<PrivateServer> server;
  TempDir root_{"pgrehearse-bookings-app"};
  std::unique_ptr<Application> application_;
};

TEST_F(BookingsApp, IsReadyOnAMigratedDatabaseWithData) {
  migrate();
  fill();
  EXPECT_EQ(ready().status, 200);
  EXPECT_EQ(ready().migrations_current, true);
}

TEST_F(BookingsApp, IsNotReadyOnAnEmptyDatabase) {
  EXPECT_EQ(ready().status, 503);
  EXPECT_EQ(ready().migrations_current, false);
  EXPECT_EQ(application_->get("/healthz").status, 200);
}

TEST_F(BookingsApp, IsNotReadyWithoutData) {
  migrate();
  EXPECT_EQ(ready().status, 503);
  EXPECT_EQ(ready().migrations_current, true);
}

TEST_F(BookingsApp, IsNotReadyWhenMigrationsAreBehindOrAhead) {
  migrate();
  fill();
  for (const char* change : {"DELETE FROM schema_migrations WHERE version = '0002'",
           "INSERT INTO schema_migrations VALUES ('0002'), ('0003')"}) {
    Session{server->connection()}.exec(change);
    EXPECT_EQ(ready().status, 503) << change;
    EXPECT_EQ(ready().migrations_current, false) << change;
  }
}

TEST_F(BookingsApp, ShowsOnTheDashboardWhatTheSyncWrote) {
  migrate();
  const std::string note = "a note with 'quotes'";
  EXPECT_EQ(application_->get("/dashboard").body.find(note), std::string::npos);
  EXPECT_EQ(application_->post("/sync", "{\"note\": \"" + note + "\"}").status, 201);
  EXPECT_NE(application_->get("/dashboard").body.find(note), std::string::npos);
  const std::string page = application_->get("/readyz").body;
  // Some seconds may have passed by now, on a busy host.
  const std::regex jobs{R"("jobs":\{"age_seconds":[0-9]+,"limit_seconds":[0-9]+,"ok":true\})"};
  EXPECT_TRUE(std::regex_search(page, jobs)) << page;
}

TEST_F(BookingsApp, RefusesASyncWithoutANote) {
  migrate();
  for (const char* body : {"", "{}", "{\"note\": 3}", "no JSON"}) {
    EXPECT_EQ(application_->post("/sync", body).status, 400) << body;
  }
  EXPECT_EQ(Session{server->connection()}.value("SELECT count(*) FROM leads"), "0");
}

TEST_F(BookingsApp, LooksForEveryHeartbeatAndForItsAge) {
  EXPECT_EQ(application_->get("/healthz/backup").status, 503);
  const std::string now = Timestamp::now().text();
  for (const char* mark : {"LAST_SUCCESS.txt", "LAST_BASEBACKUP.txt", "wal_sync_last_ok.txt"}) {
    EXPECT_EQ(application_->get("/healthz/backup").status, 503) << mark;
    beat(mark, now);
  }
  EXPECT_EQ(application_->get("/healthz/backup").status, 200);
  for (const char* wrong : {"2026-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "yesterday"}) {
    beat("wal_sync_last_ok.txt", wrong);
    EXPECT_EQ(application_->get("/healthz/backup").status, 503) << wrong;
  }
}

}  // namespace
}  // namespace pgrehearse
