#include "tests/contract/backup_tool_contract.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/check/capture.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/sweep.hpp"
#include "harness/incident/damage.hpp"
#include "harness/process/run.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

constexpr const char* schema = R"sql(
  CREATE ROLE clerk LOGIN PASSWORD 'SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2E=$kSIDl4yE/DyMIl1iZIyyNwvVlLeSt3r8rFSSDGTWTIo=:dzs+MH/3l/B+CKzUT2jNwvrhJoHi2FtxIRKB5NYM/xk=';
  CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text NOT NULL);
  CREATE INDEX visit_note ON visit (note);
  GRANT SELECT, INSERT ON visit TO clerk;
  COMMENT ON TABLE visit IS 'who came';
  CREATE MATERIALIZED VIEW total AS SELECT count(*) AS n FROM visit)sql";

// Long enough to be met nowhere else, and spread over the table.
constexpr const char* canary = "a-visitor-nobody-else-ever-had";

FactDiff differences(const Facts& expected, const Facts& observed, FactKind kind) {
  return compare(expected, observed, kind);
}

void expect_same(const Facts& expected, const Facts& observed) {
  for (const FactKind kind : every_fact_kind) {
    const FactDiff diff = differences(expected, observed, kind);
    EXPECT_TRUE(diff.empty()) << name_of(kind) << ": missing " << joined(diff.missing, ", ")
                              << "; extra " << joined(diff.extra, ", ") << "; different "
                              << joined(diff.different, ", ");
  }
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const BackupToolUnderTest& tool) {
  return out << tool.name;
}

std::string suffix_of(const testing::TestParamInfo<BackupToolUnderTest>& info) {
  return info.param.name;
}

void BackupToolContract::SetUp() {
  const EngineConfig config{
      .engine = GetParam().engine, .cluster = {.settings = std::string{settings_include}}};
  for (const EngineState& state : engines_here(config)) {
    if (state.name == config.engine && !state.usable) {
      GTEST_SKIP() << state.detail;
    }
  }
  artifacts_ = std::make_unique<TempDir>("pgrehearse-backup-tool");
  journal_ = std::make_unique<RunJournal>(new_run_id());
  engine_ = make_engine(config, *journal_).engine;
  engine_->create_volume("archive");
  engine_->create_volume("backups");
  witness_ = std::make_unique<Archive>("archive");
  tool_ = another_tool(GetParam().config);
  demand_usable(*tool_, *engine_);
  source_instance_ = engine_->create({.name = "source", .volumes = {{"archive"}, {"backups"}}});
  source_ = std::make_unique<Cluster>(*source_instance_, engine_->superuser_password());
  source_->write_settings(archive_settings(*witness_, *tool_, *source_instance_));
  source_->start();
  tool_->prepare(*source_);
  source_->connect().exec("CREATE DATABASE app");
  source_->connect("app").exec(schema);
  write(2000);
}

void BackupToolContract::TearDown() {
  clusters_.clear();
  instances_.clear();
  source_.reset();
  source_instance_.reset();
  if (engine_ != nullptr) {
    engine_->remove_run();
    engine_.reset();
    (void)sweep({.only_run = journal_->run_id()});
  }
}

std::unique_ptr<BackupTool> BackupToolContract::another_tool(const BackupToolConfig& config) const {
  return make_backup_tool(config,
      {.archive = "archive", .backups = "backups", .artifacts = artifacts_->path() / "sets"});
}

void BackupToolContract::write(int rows) {
  Session session = source_->connect("app");
  session.exec(fmt::format(
      "INSERT INTO visit (note) SELECT '{} ' || i FROM generate_series(1, {}) i", canary, rows));
  session.exec("REFRESH MATERIALIZED VIEW total");
}

BackupSet BackupToolContract::take(const std::string& id, BackupKind kind) {
  return tool_->take(*source_, {.id = id, .kind = kind, .database = "app"});
}

Facts BackupToolContract::facts_at(const std::string& restore_point) {
  Session session = source_->connect("app");
  session.exec("SELECT pg_create_restore_point(" + literal(restore_point) + ")");
  Facts facts = facts_of(*source_);
  session.exec("INSERT INTO visit (note) VALUES ('came too late')");
  const std::string segment =
      wal_file_name(TimelineId{1}, Lsn::parse(session.value("SELECT pg_current_wal_insert_lsn()")));
  session.exec("SELECT pg_switch_wal()");
  witness_->wait_until_archived(*source_, segment, Seconds{60});
  return facts;
}

Facts BackupToolContract::facts_of(Cluster& cluster) {
  return capture_facts([&](const std::string& database) { return cluster.connect(database); });
}

Instance& BackupToolContract::new_instance(bool initialised) {
  instances_.push_back(engine_->create({.name = fmt::format("restored-{}", instances_.size() + 1),
      .initialised = initialised,
      .volumes = {{"archive", true}, {"backups", true}}}));
  return *instances_.back();
}

void BackupToolContract::restore_only(BackupTool& by, const BackupSet& set) {
  const bool physical = by.properties().physical;
  Instance& instance = new_instance(!physical);
  clusters_.push_back(std::make_unique<Cluster>(instance, engine_->superuser_password()));
  if (physical) {
    by.restore(instance, set, Latest{});
  } else {
    clusters_.back()->start();
    by.load(*clusters_.back(), set);
  }
}

// What it says it cannot do, it refuses: the other way of bringing a set back, and increments.
void BackupToolContract::expect_refusals(const BackupSet& set) {
  const std::optional<ErrorCode> other_way = error_of([&] {
    if (tool().properties().physical) {
      tool().load(source(), set);
    } else {
      tool().restore(beside_the_source(), set, Latest{});
    }
  });
  EXPECT_EQ(other_way, ErrorCode::refused);
  EXPECT_EQ(source().connect("app").value("SELECT count(*) FROM visit"), "2000");
  if (!tool().properties().incremental) {
    EXPECT_EQ(error_of([&] { (void)take("incr-2", BackupKind::incr); }), ErrorCode::refused);
  }
}

void BackupToolContract::expect_readable_at_rest_as_it_says() {
  const Program grep{.argv = {"grep", "-rqaF", canary, path_in_backups("")}};
  const Completed found = tool().properties().on_host ? run(grep) : beside_the_source().exec(grep);
  EXPECT_EQ(found.status, GetParam().plain_at_rest ? 0 : 1) << found.err;
  EXPECT_FALSE(GetParam().plain_at_rest && tool().properties().encrypted);
}

void BackupToolContract::expect_failure_halfway(const BackupSet& whole) {
  source().connect().exec("CHECKPOINT");
  const std::string table = source().data_path() + "/" +
                            source().connect("app").value("SELECT pg_relation_filepath('visit')");
  exec_or_throw(beside_the_source(), {.argv = {"chmod", "000", table}});
  EXPECT_EQ(error_of([&] { (void)take("full-2"); }), ErrorCode::program_failed);
  EXPECT_EQ(tool().list(beside_the_source()), std::vector{whole.label});
  exec_or_throw(beside_the_source(), {.argv = {"chmod", "600", table}});
}

// Scripts run as this account, which may be root: no permission stops it, a file where a folder was
// does.
void BackupToolContract::expect_failure_to_write(const BackupSet& whole) {
  const std::string folder = path_in_backups(whole.folder);
  const std::string above = folder.substr(0, folder.rfind('/'));
  const bool on_host = tool().properties().on_host;
  if (on_host) {
    std::filesystem::rename(above, above + ".aside");
    write_file(above, "");
  } else {
    exec_or_throw(beside_the_source(), {.argv = {"chmod", "500", above}});
  }
  EXPECT_EQ(error_of([&] { (void)take("full-3"); }), ErrorCode::program_failed);
  if (on_host) {
    std::filesystem::remove(above);
    std::filesystem::rename(above + ".aside", above);
  } else {
    exec_or_throw(beside_the_source(), {.argv = {"chmod", "700", above}});
  }
  EXPECT_EQ(tool().list(beside_the_source()), std::vector{whole.label});
}

void BackupToolContract::expect_scripts_that_fill_data_directories_only_where_they_can() {
  const std::unique_ptr<BackupTool> scripts = another_tool({.tool = "command",
      .scripts = {.take = {"true"},
          .restore = {"true"},
          .list = {"true"},
          .verify = {"true"},
          .physical = true}});
  const std::optional<ErrorCode> said = error_of([&] { demand_usable(*scripts, *engine_); });
  EXPECT_EQ(said,
      engine_->properties().shares_files ? std::nullopt : std::optional{ErrorCode::bad_config});
}

void BackupToolContract::expect_unusable(const BackupSet& set) {
  EXPECT_FALSE(tool().verify(beside_the_source(), set).usable);
  EXPECT_EQ(error_of([&] { restore_only(tool(), set); }), ErrorCode::backup_unusable);
  EXPECT_TRUE(nothing_is_left());
}

bool BackupToolContract::nothing_is_left() {
  Cluster& cluster = *clusters_.back();
  if (tool_->properties().physical) {
    return exec_or_throw(cluster.instance(), {.argv = {"ls", "-A", cluster.data_path()}})
        .out.empty();
  }
  return cluster.connect().value("SELECT count(*) FROM pg_database WHERE datname = 'app'") == "0";
}

Cluster& BackupToolContract::restored(BackupTool& by, const BackupSet& set, const std::string& to) {
  const bool physical = by.properties().physical;
  Instance& instance = new_instance(!physical);
  clusters_.push_back(std::make_unique<Cluster>(instance, engine_->superuser_password()));
  Cluster& cluster = *clusters_.back();
  if (!physical) {
    cluster.start();
    EXPECT_TRUE(by.load(cluster, set).empty());
    return cluster;
  }
  const RestoredFiles files = by.restore(instance, set, AtName{to});
  EXPECT_TRUE(files.complaints.empty());
  cluster.write_settings(files.settings);
  cluster.start();
  wait_until("recovery to end", Seconds{60}, [&]() -> std::optional<std::string> {
    const bool over = cluster.connect().value("SELECT pg_is_in_recovery()") == "f";
    return over ? std::nullopt : std::optional<std::string>{"in recovery"};
  });
  return cluster;
}

std::string BackupToolContract::path_in_backups(const std::string& path) const {
  const BackupToolProperties& properties = tool_->properties();
  const std::string folder = properties.on_host && !properties.physical
                                 ? (artifacts_->path() / "sets").string()
                                 : source_instance_->path_of_volume("backups");
  const std::string below = properties.on_host && !properties.physical && path.starts_with("sets/")
                                ? path.substr(5)
                                : path;
  return folder + "/" + below;
}

TEST_P(BackupToolContract, GivesBackTheFactsOfItsSource) {
  const Facts dumped = facts_of(source());
  const BackupSet set = take("full-1");
  EXPECT_TRUE(set.complaints.empty()) << joined(set.complaints, "; ");
  EXPECT_EQ(tool().list(beside_the_source()), std::vector{set.label});
  const BackupVerification verified = tool().verify(beside_the_source(), set);
  EXPECT_TRUE(verified.usable) << verified.problem;
  expect_refusals(set);
  write(100);
  const Facts later = facts_at("r-1");
  expect_readable_at_rest_as_it_says();
  const bool replays = tool().properties().point_in_time;
  expect_same(replays ? later : dumped, facts_of(restored(tool(), set, "r-1")));
}

TEST_P(BackupToolContract, ShowsNothingOfASetThatWasNotFinished) {
  const BackupSet whole = take("full-1");
  expect_failure_to_write(whole);
  expect_failure_halfway(whole);
  const BackupSet next = take("full-4");
  EXPECT_EQ(tool().list(beside_the_source()), (std::vector{whole.label, next.label}));
  EXPECT_TRUE(tool().verify(beside_the_source(), next).usable);
}

TEST_P(BackupToolContract, RefusesADamagedSetBeforeAnythingOfItIsUsed) {
  const BackupSet set = take("full-1");
  if (tool().properties().on_host) {
    // The scripts' own files, which the account of the server may not touch.
    run_or_throw({.argv = {"chmod", "-R", "a+rwX", path_in_backups("")}});
    run_or_throw({.argv = {"chmod", "a+rx", artifacts_folder()}});
  }
  const std::string file = largest_file_of(beside_the_source(), path_in_backups(set.folder));
  flip_in_the_middle(beside_the_source(), file);
  expect_unusable(set);
  flip_in_the_middle(beside_the_source(), file);
  const BackupVerification healed = tool().verify(beside_the_source(), set);
  EXPECT_TRUE(healed.usable) << healed.problem;
  cut_in_half(beside_the_source(), file);
  expect_unusable(set);
}

TEST_P(BackupToolInstance, GivesBackTheFactsOfItsSource) {
  const BackupSet set = take("full-1");
  expect_refusals(set);
  const Facts dumped = facts_of(source());
  const Facts later = facts_at("r-1");
  const bool replays = tool().properties().point_in_time;
  expect_same(replays ? later : dumped, facts_of(restored(tool(), set, "r-1")));
  expect_scripts_that_fill_data_directories_only_where_they_can();
}

TEST_P(IncrementalBackupTool, GivesBackTheFactsFromAnIncrement) {
  const BackupSet full = take("full-1");
  write(10);
  const BackupSet incr = take("incr-2", BackupKind::incr);
  const BackupSet diff = take("diff-3", BackupKind::diff);
  EXPECT_EQ(tool().list(beside_the_source()), (std::vector{full.label, incr.label, diff.label}));
  const Facts facts = facts_at("r-1");
  expect_same(facts, facts_of(restored(tool(), incr, "r-1")));
}

}  // namespace pgrehearse
