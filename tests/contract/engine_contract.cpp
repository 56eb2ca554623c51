#include "tests/contract/engine_contract.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/engine/sweep.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {

std::vector<Owned> owned_by(const std::string& run_id) {
  std::vector<Owned> found = find_owned();
  std::erase_if(found, [&](const Owned& owned) { return owned.run_id != run_id; });
  return found;
}

std::string listed(const std::vector<Owned>& things) {
  std::string text;
  for (const Owned& owned : things) {
    text += fmt::format("\n  {} {}", owned.kind, owned.name);
  }
  return text;
}

std::string start_options(const Instance& instance) {
  const Endpoint inside = instance.listen_inside();
  return fmt::format("-c listen_addresses={} -c port={} -c unix_socket_directories={}", inside.host,
      inside.port, instance.path_of(Place::sockets));
}

std::ostream& operator<<(std::ostream& out, const EngineUnderTest& engine) {
  return out << engine.name;
}

std::string suffix_of(const testing::TestParamInfo<EngineUnderTest>& info) {
  return info.param.name;
}

void EngineContract::SetUp() {
  const EngineConfig config{.engine = GetParam().name};
  if (const EngineState state = GetParam().state(config); !state.usable) {
    GTEST_SKIP() << state.detail;
  }
  journal_ = std::make_unique<RunJournal>(new_run_id());
  mark_children(journal_->run_id());
  engine_ = GetParam().make(config, *journal_);
}

void EngineContract::TearDown() {
  if (journal_ == nullptr) {
    return;
  }
  if (engine_ != nullptr) {
    engine_->remove_run();
    const std::vector<Owned> left = owned_now();
    EXPECT_TRUE(left.empty()) << "left behind:" << listed(left);
  }
  EXPECT_TRUE(sweep({.only_run = journal_->run_id()}).left.empty());
  EXPECT_FALSE(std::filesystem::exists(journal_->folder()));
  mark_children("");
}

std::vector<Owned> EngineContract::owned_now() const {
  std::vector<Owned> found = owned_by(journal_->run_id());
  std::erase_if(
      found, [&](const Owned& owned) { return owned.name == journal_->folder().string(); });
  return found;
}

void EngineContract::start_server(Instance& instance) {
  exec_or_throw(
      instance, {.argv = {"pg_ctl", "start", "-w", "-D", instance.path_of(Place::data), "-l",
                     instance.path_of(Place::scratch) + "/log", "-o", start_options(instance)}});
}

Completed EngineContract::ask(
    const Instance& instance, const Secret& password, const std::string& sql, Seconds patience) {
  const Endpoint endpoint = instance.endpoint();
  return run({.argv = {"psql", "-X", "-A", "-t", "-w", "-h", endpoint.host, "-p",
                  std::to_string(endpoint.port), "-U", "postgres", "-d", "postgres", "-c", sql},
      .env = {{"PGPASSWORD", password},
          {"PGCONNECT_TIMEOUT", Secret{std::to_string(patience.count())}}},
      .deadline = 2 * patience});
}

std::string EngineContract::answer(const Instance& instance, const std::string& sql) {
  const Completed asked = ask(instance, engine().superuser_password(), sql);
  EXPECT_TRUE(asked.ok()) << asked.err;
  return std::string{trimmed(asked.out)};
}

TEST_P(EngineContract, SaysWhatItIs) {
  EXPECT_EQ(engine().properties().name, GetParam().name);
  EXPECT_FALSE(engine().properties().version.empty());
  EXPECT_TRUE(engine().properties().server_version.starts_with("15."));
  EXPECT_FALSE(engine().superuser_password().empty());
}

TEST_P(EngineContract, MakesAClusterThatStartsAndAnswersItsSuperuser) {
  const auto instance = engine().create({.name = "source-1"});
  start_server(*instance);
  EXPECT_EQ(answer(*instance, "select 40 + 2"), "42");
  EXPECT_EQ(answer(*instance, "show server_version_num").substr(0, 2), "15");
}

TEST_P(EngineContract, MakesClustersAsTheSpecSays) {
  const auto instance = engine().create({.name = "source-1"});
  start_server(*instance);
  EXPECT_EQ(answer(*instance, "show data_checksums"), "on");
  EXPECT_EQ(answer(*instance, "show server_encoding"), "UTF8");
  EXPECT_EQ(answer(*instance, "select datcollate from pg_database where datname = 'postgres'"),
      ClusterSpec{}.locale);
  EXPECT_EQ(answer(*instance, "show password_encryption"), "scram-sha-256");
  EXPECT_EQ(answer(*instance, "show fsync"), "on");
}

TEST_P(EngineContract, RefusesAWrongPasswordAndNone) {
  const auto instance = engine().create({.name = "source-1"});
  start_server(*instance);
  for (const Secret& wrong : {Secret::random(), Secret{}}) {
    const Completed asked = ask(*instance, wrong, "select 1");
    EXPECT_FALSE(asked.ok());
    EXPECT_NE(asked.err.find("password"), std::string::npos) << asked.err;
  }
  const Completed inside = instance->exec(
      {.argv = {"psql", "-X", "-w", "-h", instance->path_of(Place::sockets), "-p",
           std::to_string(instance->listen_inside().port), "-U", "postgres", "-c", "select 1"}});
  EXPECT_FALSE(inside.ok()) << "the Unix socket asks for no password";
}

TEST_P(EngineContract, MakesAnEmptyPrivateDataDirectoryWhenAsked) {
  const auto instance = engine().create({.name = "target", .initialised = false});
  const std::string data = instance->path_of(Place::data);
  EXPECT_EQ(exec_or_throw(*instance, {.argv = {"ls", "-A", data}}).out, "");
  EXPECT_EQ(exec_or_throw(*instance, {.argv = {"stat", "-c", "%a", data}}).out, "700\n");
  EXPECT_TRUE(instance->exec({.argv = {"touch", data + "/can-write"}}).ok());
}

TEST_P(EngineContract, RunsServersSideBySide) {
  const auto first = engine().create({.name = "one"});
  const auto second = engine().create({.name = "two"});
  start_server(*first);
  start_server(*second);
  EXPECT_NE(first->endpoint().port, second->endpoint().port);
  answer(*first, "create table only_here ()");
  EXPECT_EQ(answer(*second, "select to_regclass('only_here') is null"), "t");
}

TEST_P(EngineContract, SharesVolumesBetweenInstances) {
  engine().create_volume("archive");
  const auto writer = engine().create({.name = "writer", .volumes = {{"archive"}}});
  const auto reader = engine().create({.name = "reader", .volumes = {{"archive", true}}});
  put_file(*writer, writer->path_of_volume("archive") + "/segment", "wal bytes");
  EXPECT_EQ(get_file(*reader, reader->path_of_volume("archive") + "/segment"), "wal bytes");
}

TEST_P(EngineContract, EnforcesReadOnlyVolumesExactlyWhenItSaysSo) {
  engine().create_volume("archive");
  const auto reader = engine().create({.name = "reader", .volumes = {{"archive", true}}});
  const Completed written =
      reader->exec({.argv = {"touch", reader->path_of_volume("archive") + "/x"}});
  EXPECT_EQ(written.ok(), !engine().properties().enforces_read_only) << written.err;
}

TEST_P(EngineContract, KeepsVolumesWhenInstancesGo) {
  engine().create_volume("archive");
  {
    const auto writer = engine().create({.name = "writer", .volumes = {{"archive"}}});
    put_file(*writer, writer->path_of_volume("archive") + "/segment", "still here");
  }
  const auto reader = engine().create({.name = "reader", .volumes = {{"archive"}}});
  EXPECT_EQ(get_file(*reader, reader->path_of_volume("archive") + "/segment"), "still here");
}

TEST_P(EngineContract, RefusesWhatItCannotMake) {
  const auto instance = engine().create({.name = "taken"});
  EXPECT_THROW((void)engine().create({.name = "taken"}), Error);
  EXPECT_THROW((void)engine().create({.name = "Not/A Name"}), Error);
  EXPECT_THROW((void)engine().create({.name = "other", .volumes = {{"no-such-volume"}}}), Error);
  engine().create_volume("twice");
  EXPECT_THROW(engine().create_volume("twice"), Error);
  EXPECT_TRUE(instance->exec({.argv = {"true"}}).ok()) << "the refusal hurt the one that was there";
  EXPECT_NO_THROW((void)engine().create({.name = "other"}));
}

TEST_P(EngineContract, GivesStatusOutputAndErrorsOfAProgram) {
  const auto instance = engine().create({.name = "source-1"});
  const Completed completed =
      instance->exec({.argv = {"sh", "-c", "cat; echo to-err >&2; exit 7"}, .input = "to-out"});
  EXPECT_EQ(completed.status, 7);
  EXPECT_EQ(completed.out, "to-out");
  EXPECT_EQ(completed.err, "to-err\n");
  EXPECT_FALSE(instance->exec({.argv = {"no-such-program-anywhere"}}).ok());
}

TEST_P(EngineContract, GivesAProgramItsEnvironmentAndNothingOfTheCallers) {
  setenv("PGHOST", "somewhere.else", 1);
  const auto instance = engine().create({.name = "source-1"});
  const Completed completed = instance->exec(
      {.argv = {"sh", "-c", "echo $GIVEN/$PGHOST"}, .env = {{"GIVEN", Secret{"a $b 'c'"}}}});
  unsetenv("PGHOST");
  EXPECT_EQ(completed.out, "a $b 'c'/\n");
}

TEST_P(EngineContract, RunsProgramsAsTheOwnerOfTheDataDirectory) {
  const auto instance = engine().create({.name = "source-1"});
  const std::string owner =
      exec_or_throw(*instance, {.argv = {"stat", "-c", "%u", instance->path_of(Place::data)}}).out;
  EXPECT_EQ(exec_or_throw(*instance, {.argv = {"id", "-u"}}).out, owner);
  EXPECT_NE(owner, "0\n");
}

TEST_P(EngineContract, EndsAProgramAtItsDeadline) {
  const auto instance = engine().create({.name = "source-1"});
  const Completed completed =
      instance->exec({.argv = {"sleep", "300"}, .deadline = Milliseconds{500}});
  EXPECT_TRUE(completed.timed_out);
  EXPECT_LT(completed.took, Seconds{60});
}

TEST_P(EngineContract, GivesBackTheBytesThatWerePut) {
  const auto instance = engine().create({.name = "source-1"});
  constexpr char raw[] = "line\n\0\x01\xff end without newline";
  std::string bytes{raw, sizeof raw - 1};
  bytes += std::string(200'000, 'x');
  const std::string path = instance->path_of(Place::scratch) + "/with a blank";
  put_file(*instance, path, bytes);
  EXPECT_TRUE(get_file(*instance, path) == bytes);
  EXPECT_EQ(exec_or_throw(*instance, {.argv = {"stat", "-c", "%a", path}}).out, "600\n");
}

TEST_P(EngineContract, SaysWhenAFileIsNotThere) {
  const auto instance = engine().create({.name = "source-1"});
  try {
    (void)get_file(*instance, instance->path_of(Place::scratch) + "/nothing");
    FAIL() << "read a file that is not there";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io);
  }
}

TEST_P(EngineContract, AnswersSoonAfterCreation) {
  // The faster of two: whatever else a busy host did in between is not the engine's.
  std::chrono::nanoseconds created = Seconds{600};
  std::chrono::nanoseconds answered = Seconds{600};
  for (const char* name : {"source-1", "source-2"}) {
    const SteadyTime begin = SteadyTime::now();
    const auto instance = engine().create({.name = name});
    created = std::min(created, SteadyTime::now() - begin);
    start_server(*instance);
    ASSERT_EQ(answer(*instance, "select 1"), "1");
    answered = std::min(answered, SteadyTime::now() - begin);
  }

  const auto bare = engine().create({.name = "bare", .initialised = false});
  const SteadyTime bare_begin = SteadyTime::now();
  exec_or_throw(
      *bare, {.argv = {"initdb", "-U", "postgres", "-k", "-D", bare->path_of(Place::data)}});
  start_server(*bare);
  const std::chrono::nanoseconds with_initdb = SteadyTime::now() - bare_begin;
  std::cout << fmt::format("  create {}, first answer after {}; initdb and start alone take {}\n",
      readable(created), readable(answered), readable(with_initdb));
  RecordProperty("create_ms", std::to_string(created.count() / 1'000'000));
  RecordProperty("first_answer_ms", std::to_string(answered.count() / 1'000'000));
  RecordProperty("initdb_and_start_ms", std::to_string(with_initdb.count() / 1'000'000));
  EXPECT_LT(answered, with_initdb + Seconds{5});
}

}  // namespace pgrehearse
