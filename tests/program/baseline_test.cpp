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

// The table's index runs a function when the planner looks at it, and that one writes.
constexpr const char* writing_index =
    "CREATE TABLE public.read(id int); CREATE TABLE public.written(at timestamptz);"
    "CREATE FUNCTION public.note() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';"
    "CREATE FUNCTION public.looks_pure(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS "
    "'BEGIN PERFORM public.note(); RETURN $1; END';"
    "CREATE INDEX ON public.read((id + public.looks_pure(1)));"
    "CREATE OR REPLACE FUNCTION public.note() RETURNS int LANGUAGE plpgsql AS "
    "'BEGIN INSERT INTO public.written VALUES (now()); RETURN 1; END'";

TEST(BaselineOfASource, WritesNothingThere) {
  if (PrivateServer::missing()) {
    GTEST_SKIP() << PrivateServer::missing().value_or("no server");
  }
  Sandbox sandbox;
  const PrivateServer server;
  Session{server.connection()}.exec(writing_index);
  ProgramRun verb{
      sandbox, {"baseline", "--source-is-not-production"}, {source_at(server, "postgres")}};
  EXPECT_EQ(verb.status(), 2);
  EXPECT_NE(verb.err().find("read-only transaction"), std::string::npos) << verb.err();
  Session session{server.connection()};
  EXPECT_EQ(session.value("SELECT count(*) FROM public.written"), "0");
  EXPECT_EQ(session.value("SELECT count(*) FROM public.read"), "0");
  EXPECT_NE(session.value("SELECT count(*) FROM public.written"), "0") << "others do write by it";
}

TEST(BaselineOfASource, KeepsNoStatementWaiting) {
  if (PrivateServer::missing()) {
    GTEST_SKIP() << PrivateServer::missing().value_or("no server");
  }
  Sandbox sandbox;
  const PrivateServer server;
  Session session{server.connection()};
  session.exec("CREATE TABLE public.held(id int)");
  session.exec("BEGIN; LOCK TABLE public.held IN ACCESS EXCLUSIVE MODE");
  ProgramRun verb{sandbox,
      {"baseline", "--source-is-not-production", "--statement-timeout", "200ms"},
      {source_at(server, "postgres")}};
  EXPECT_EQ(verb.status(Milliseconds{30'000}), 2);  // sooner than the lock would time out
  EXPECT_NE(verb.err().find("--statement-timeout"), std::string::npos) << verb.err();
  EXPECT_FALSE(fs::exists(sandbox.path() / "baseline.json"));
  session.exec("COMMIT");
  ProgramRun again{sandbox,
      {"baseline", "--source-is-not-production", "--statement-timeout", "30s"},
      {source_at(server, "postgres")}};
  EXPECT_EQ(again.status(), 0) << again.err();
}

void await_one(Session& session, const std::string& relation) {
  wait_until("a row of " + relation, Seconds{60}, [&]() -> std::optional<std::string> {
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
