// `pgrehearse baseline`: what it refuses to read, and when.
#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/process/wait.hpp"
#include "tests/program/baseline_source.hpp"
#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

TEST(BaselineOfASource, TakesNoPasswordFromTheCommandLine) {
  Sandbox sandbox;
  ProgramRun verb{sandbox, {"baseline", "--source-is-not-production", "--source",
                               "postgresql://reader:sesame@127.0.0.1:1/shop"}};
  EXPECT_EQ(verb.status(), 64);
  EXPECT_EQ((verb.out() + verb.err()).find("sesame"), std::string::npos);
}

TEST(BaselineOfASource, IsOfOneServer) {
  Sandbox sandbox;
  ProgramRun verb{sandbox, {"baseline", "--source-is-not-production", "--source",
                               "host=127.0.0.1,127.0.0.2 port=1 dbname=shop"}};
  EXPECT_EQ(verb.status(), 64);
}

TEST(BaselineOfASource, LeavesAnotherBaselineAsItIs) {
  if (PrivateServer::missing()) {
    GTEST_SKIP() << PrivateServer::missing().value_or("no server");
  }
  Sandbox sandbox;
  const PrivateServer server;
  const fs::path file = sandbox.path() / "baseline.json";
  write_file(file, "of yesterday");
  std::vector<std::string> arguments{"baseline", "--source-is-not-production", "--out", file};
  ProgramRun verb{sandbox, arguments, {source_at(server, "postgres")}};
  EXPECT_EQ(verb.status(), 64);
  EXPECT_EQ(read_file(file), "of yesterday");
  arguments.emplace_back("--force");
  ProgramRun forced{sandbox, arguments, {source_at(server, "postgres")}};
  EXPECT_EQ(forced.status(), 0) << forced.err();
  EXPECT_NE(read_file(file), "of yesterday");
}

void await_one(Session& session, const std::string& relation) {
  wait_until("a row of " + relation, Seconds{30}, [&]() -> std::optional<std::string> {
    const bool there = session.value("SELECT count(*) FROM " + relation) == "1";
    return there ? std::nullopt : std::optional<std::string>{"not yet"};
  });
}

// What a server says of itself holds for its replicas too, since they have its settings.
TEST(BaselineOfASource, IsTakenOfAReplicaAndNotOfAServerThatHasOne) {
  if (PrivateServer::missing()) {
    GTEST_SKIP() << PrivateServer::missing().value_or("no server");
  }
  Sandbox sandbox;
  const PrivateServer primary;
  const std::unique_ptr<PrivateServer> standby = PrivateServer::standby_of(primary);
  Session session{primary.connection()};
  await_one(session, "pg_stat_replication");
  const auto status_of = [&](const PrivateServer& server) {
    ProgramRun verb{sandbox,
        {"baseline", "--source-is-not-production", "--out", sandbox.fresh("baseline")},
        {source_at(server, "postgres")}};
    return std::pair{verb.status(), verb.out() + verb.err()};
  };
  const auto [refused, why] = status_of(primary);
  EXPECT_EQ(refused, 4);
  EXPECT_NE(why.find("replicas stream from it"), std::string::npos) << why;
  const auto [taken, said] = status_of(*standby);
  EXPECT_EQ(taken, 0) << said;

  session.exec("ALTER DATABASE postgres SET pgrehearse.production = on");
  Session replica{standby->connection()};
  await_one(replica, "pg_db_role_setting");
  EXPECT_EQ(status_of(*standby).first, 4);
}

}  // namespace
}  // namespace pgrehearse
