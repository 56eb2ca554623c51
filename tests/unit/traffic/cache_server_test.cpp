// A real Redis, started as a drill starts a team's cache.
#include "harness/traffic/cache_server.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/process/free_port.hpp"
#include "harness/process/run.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr const char* redis = R"(exec redis-server --bind 127.0.0.1 --port "$PORT" --save "")";

class CacheServerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!run({.argv = {"/bin/sh", "-c", "command -v redis-server"}}).ok()) {
      GTEST_SKIP() << "there is no redis-server on this host";
    }
  }
  [[nodiscard]] Program program(
      const std::string& line, Milliseconds deadline = Seconds{60}) const {
    return {.argv = {"/bin/sh", "-c", line}, .cwd = root_.path(), .deadline = deadline};
  }
  void expect_failure(const Program& given, const std::string& words) {
    try {
      const CacheServer server{given, root_.path() / "cache"};
      FAIL() << "it started";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::instance_failed) << error.what();
      EXPECT_NE(error.message().find(words), std::string::npos) << error.what();
    }
    EXPECT_TRUE(fs::is_empty(root_.path()));
  }

  TempDir root_{"pgrehearse-cache"};
};

TEST_F(CacheServerTest, AnswersOnItsPortUntilItIsGoneAndLeavesNothing) {
  std::uint16_t port = 0;
  {
    CacheServer server{program(redis), root_.path() / "cache"};
    port = server.port();
    EXPECT_FALSE(server.has_ended());
    const Completed asked =
        run({.argv = {"redis-cli", "-h", "127.0.0.1", "-p", std::to_string(port), "PING"}});
    EXPECT_EQ(asked.out, "PONG\n");
  }
  EXPECT_FALSE(is_listened_to(port));
  EXPECT_TRUE(fs::is_empty(root_.path()));
}

TEST_F(CacheServerTest, NoticesThatItHasEnded) {
  CacheServer server{program(redis), root_.path() / "cache"};
  const Completed told = run({.argv = {"redis-cli", "-h", "127.0.0.1", "-p",
                                  std::to_string(server.port()), "SHUTDOWN", "NOSAVE"}});
  EXPECT_TRUE(told.ok()) << told.err;
  wait_until("the server to end", Seconds{60}, [&]() -> std::optional<std::string> {
    return server.has_ended() ? std::nullopt : std::optional<std::string>{"it runs"};
  });
}

TEST_F(CacheServerTest, FailsAtOnceWhenTheProgramEnds) {
  expect_failure(program("exit 7"), "the cache ended with status 7 before it listened");
}

TEST_F(CacheServerTest, FailsAtTheDeadlineWhenNobodyListens) {
  expect_failure(program("exec tail -f /dev/null", Milliseconds{300}), "nobody listens");
}

}  // namespace
}  // namespace pgrehearse
