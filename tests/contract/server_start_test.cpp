// When a server that was started may be called dead. One is held on its way up by a settings file
// that does not end: a pipe that nobody has written to.
#include <optional>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "harness/base/error.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/sweep.hpp"
#include "harness/pg/cluster.hpp"
#include "harness/process/spawn.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

class ServerStart : public testing::Test {
 protected:
  void TearDown() override {
    instance_.reset();
    engine_->remove_run();
    EXPECT_TRUE(sweep({.only_run = journal_.run_id()}).left.empty());
  }
  /// The path of a pipe in the instance.
  [[nodiscard]] std::string make_pipe() {
    const std::string pipe = instance_->path_of(Place::scratch) + "/settings";
    exec_or_throw(*instance_, {.argv = {"mkfifo", pipe}});
    return pipe;
  }
  [[nodiscard]] bool answers() const {
    try {
      return cluster_.connect().value("SELECT 1") == "1";
    } catch (const Error&) {
      return false;
    }
  }
  [[nodiscard]] Cluster& cluster() { return cluster_; }

 private:
  RunJournal journal_{new_run_id()};
  std::unique_ptr<Engine> engine_ = make_engine(
      {.engine = "local", .cluster = {.settings = std::string{settings_include}}}, journal_)
                                        .engine;
  std::unique_ptr<Instance> instance_ = engine_->create({.name = "source-1"});
  Cluster cluster_{*instance_, engine_->superuser_password()};
};

// Whoever opens the pipe without waiting gets in only while a reader waits for a writer.
bool lets_the_reader_go(const std::string& pipe) {
  return OwnedFd{open(pipe.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC)}.is_open();
}

TEST_F(ServerStart, IsNotOverBeforeTheFirstLineOfItsLog) {
  const std::string pipe = make_pipe();
  cluster().write_settings({{"include", pipe}});
  cluster().launch();
  bool was_held = false;
  wait_until("the server to answer", Seconds{60}, [&]() -> std::optional<std::string> {
    EXPECT_FALSE(cluster().has_died());
    was_held = (!cluster().is_running() && lets_the_reader_go(pipe)) || was_held;
    return answers() ? std::nullopt : std::optional<std::string>{"it does not yet"};
  });
  EXPECT_TRUE(was_held) << "it never stood where this test wants it";
  EXPECT_FALSE(cluster().has_died());
  cluster().stop();
  EXPECT_TRUE(cluster().has_died());
}

TEST_F(ServerStart, ThatFailsIsOver) {
  cluster().write_settings({{"shared_buffers", "nonsense"}});
  cluster().launch();
  wait_until("the server to be called dead", Seconds{60}, [&]() -> std::optional<std::string> {
    return cluster().has_died() ? std::nullopt : std::optional<std::string>{"it is not yet"};
  });
}

}  // namespace
}  // namespace pgrehearse
