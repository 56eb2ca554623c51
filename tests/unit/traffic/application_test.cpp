// Real programs, started as a drill starts a team's application.
#include "harness/traffic/application.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/process/free_port.hpp"
#include "harness/traffic/health_report.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

class ApplicationTest : public testing::Test {
 protected:
  [[nodiscard]] ApplicationStart start(
      std::vector<std::string> argv, Milliseconds deadline = Seconds{60}) const {
    // Nobody listens there: the application has no database.
    return {.program = {.argv = std::move(argv),
                .env = {{"PGHOST", Secret{"127.0.0.1"}}, {"PGPORT", Secret{"1"}}},
                .cwd = root_.path(),
                .deadline = deadline},
        .folder = root_.path() / "application",
        .page = "/healthz"};
  }
  /// The Error of a start that fails, and the proof that it left nothing.
  void expect_failure(const ApplicationStart& given, ErrorCode code, const std::string& words) {
    try {
      const Application application{given};
      FAIL() << "it started";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_NE(error.message().find(words), std::string::npos) << error.what();
    }
    EXPECT_TRUE(fs::is_empty(root_.path()));
  }

  TempDir root_{"pgrehearse-application"};
};

TEST_F(ApplicationTest, FindsAProgramThatLiesBesideOurs) {
  Application application{start({"bookings-app"})};
  const HttpAnswer answer = application.get("/healthz");
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("\"db_connected\":false"), std::string::npos) << answer.body;
}

TEST_F(ApplicationTest, AnyStatusIsAnAnswer) {
  Application application{start({"bookings-app"})};
  EXPECT_EQ(application.get("/readyz").status, 503);
  EXPECT_EQ(application.get("/no/such/page").status, 404);
  EXPECT_EQ(application.post("/sync", "{\"note\": \"x\"}").status, 503);
}

TEST_F(ApplicationTest, NothingIsLeftOfIt) {
  {
    const Application application{start({"/bin/sh", "-c", "echo $PORT >port; exec bookings-app"})};
    EXPECT_TRUE(fs::exists(root_.path() / "application" / "log"));
    EXPECT_TRUE(
        is_listened_to(static_cast<std::uint16_t>(std::stoul(read_file(root_.path() / "port")))));
  }
  EXPECT_FALSE(fs::exists(root_.path() / "application"));
  // Not "free": a client of somebody else may call from it.
  EXPECT_FALSE(
      is_listened_to(static_cast<std::uint16_t>(std::stoul(read_file(root_.path() / "port")))));
}

TEST_F(ApplicationTest, SaysHowItEndedBeforeItAnswered) {
  expect_failure(start({"/bin/sh", "-c", "echo row values >&2; exit 3"}),
      ErrorCode::instance_failed, "the application ended with status 3 before it answered");
}

TEST_F(ApplicationTest, DoesNotWaitLongerThanItsDeadline) {
  expect_failure(start({"/bin/sh", "-c", "exec tail -f /dev/null"}, Milliseconds{200}),
      ErrorCode::instance_failed, "waiting for the application to answer");
}

TEST_F(ApplicationTest, SaysWhenThereIsNoSuchProgram) {
  expect_failure(start({"no-such-application"}), ErrorCode::program_failed, "no-such-application");
}

TEST_F(ApplicationTest, IsNotAskedOnceItHasEnded) {
  Application application{
      start({"/bin/sh", "-c", "sh -c 'echo $$ >pid; exec bookings-app' & wait $!; exit 0"})};
  EXPECT_EQ(application.get("/healthz").status, 200);
  ASSERT_EQ(kill(static_cast<pid_t>(std::stol(read_file(root_.path() / "pid"))), SIGKILL), 0);
  EXPECT_THROW(static_cast<void>(application.get("/healthz")), Error);
}

struct Page {
  const char* body;
  std::optional<bool> says;
};

TEST(HealthReportOf, ReadsWhatThePageSaysOfMigrations) {
  const std::string key = "database.migrations_current";
  for (const Page& page : {Page{R"({"database": {"migrations_current": true}})", true},
           Page{R"({"database": {"migrations_current": false}})", false},
           Page{R"({"database": {"migrations_current": "true"}})", std::nullopt},
           Page{R"({"migrations_current": true})", std::nullopt},
           Page{R"({"database": [true]})", std::nullopt}, Page{"true", std::nullopt},
           Page{"<html>ok</html>", std::nullopt}, Page{"", std::nullopt}}) {
    const HealthReport report = health_report_of({.status = 200, .body = page.body}, key);
    EXPECT_EQ(report.migrations_current, page.says) << page.body;
    EXPECT_EQ(report.status, 200);
  }
  EXPECT_EQ(health_report_of({.status = 200, .body = "{\"\": true}"}, "").migrations_current,
      std::nullopt);
}

}  // namespace
}  // namespace pgrehearse
