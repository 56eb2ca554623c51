// pgBackRest with two repositories, the first of them dead: a restore that names the living one
// never asks the other, and one that names none waits for it, and again for each WAL segment.
// docs/guides/dead-repository.md has the times.
#include <optional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/text.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/sweep.hpp"
#include "harness/pg/cluster.hpp"
#include "harness/process/wait.hpp"
#include "tests/contract/silent_host.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds patience = Seconds{120};

class DeadRepository : public testing::Test {
 protected:
  void SetUp() override {
    engine_->create_volume("backups");
    instance_ = engine_->create({.name = "source", .volumes = {{"backups"}}});
    source_ = std::make_unique<Cluster>(*instance_, engine_->superuser_password());
    configure(*instance_, "repo1-path=" + instance_->path_of_volume("backups") + "/first\n");
    source_->write_settings({{"archive_mode", "on"},
        {"archive_command", fmt::format("pgbackrest \"--config={}\" --stanza=drill archive-push "
                                        "\"%p\"",
                                config_of(*instance_))}});
    source_->start();
    pgbackrest(*instance_, {"stanza-create"});
    pgbackrest(*instance_, {"--repo=2", "backup"});
    Session session = source_->connect();
    session.exec("CREATE TABLE visit AS SELECT generate_series(1, 100) AS id");
    session.exec("SELECT pg_switch_wal()");
    session.exec("INSERT INTO visit VALUES (101)");
    session.exec("SELECT pg_create_restore_point('before-the-outage')");
    session.exec("INSERT INTO visit VALUES (102)");
    pgbackrest(*instance_, {"check"});  // waits until all of it is in both repositories
  }

  void TearDown() override {
    restored_.reset();
    restored_instance_.reset();
    source_.reset();
    instance_.reset();
    engine_->remove_run();
    engine_.reset();
    (void)sweep({.only_run = journal_.run_id()});
  }

  /// The directory of a new instance, filled by pgBackRest, with these words on its command line.
  /// The first repository is where nobody answers.
  void restore(const std::vector<std::string>& words) {
    restored_instance_ =
        engine_->create({.name = "restored", .initialised = false, .volumes = {{"backups", true}}});
    configure(*restored_instance_,
        fmt::format("repo1-type=s3\nrepo1-path=/drill\nrepo1-s3-bucket=first\n"
                    "repo1-s3-endpoint=first.invalid\nrepo1-s3-region=first\nrepo1-s3-key=key\n"
                    "repo1-s3-key-secret=none\nrepo1-storage-host=127.0.0.1\n"
                    "repo1-storage-port={}\nio-timeout=0.3\n",
            dead_.port()));
    std::vector<std::string> all{"restore", "--type=name", "--target=before-the-outage",
        "--target-action=promote", "--archive-mode=off"};
    all.insert(all.end(), words.begin(), words.end());
    pgbackrest(*restored_instance_, all);
    restored_ = std::make_unique<Cluster>(*restored_instance_, engine_->superuser_password());
  }

  void recover() {
    restored_->write_settings({{"archive_mode", "off"}});
    restored_->start(patience);
    wait_until("recovery to end", patience, [&]() -> std::optional<std::string> {
      const bool over = restored_->connect().value("SELECT pg_is_in_recovery()") == "f";
      return over ? std::nullopt : std::optional<std::string>{"in recovery"};
    });
  }

  [[nodiscard]] std::string restore_command() {
    for (const std::string& line :
        lines_of(get_file(*restored_instance_, restored_->data_path() + "/postgresql.auto.conf"))) {
      if (line.starts_with("restore_command")) {
        return line;
      }
    }
    return {};
  }

  void fetch_a_segment(const std::vector<std::string>& words) {
    std::vector<std::string> all{"archive-get", "000000010000000000000001",
        restored_instance_->path_of(Place::scratch) + "/segment"};
    all.insert(all.end(), words.begin(), words.end());
    pgbackrest(*restored_instance_, all);
  }

  [[nodiscard]] const SilentHost& dead() const { return dead_; }
  [[nodiscard]] Cluster& restored() { return *restored_; }

 private:
  static std::string config_of(const Instance& instance) {
    return instance.path_of(Place::scratch) + "/pgbackrest.conf";
  }

  static void configure(Instance& instance, const std::string& first) {
    const std::string scratch = instance.path_of(Place::scratch);
    put_file(instance, config_of(instance),
        fmt::format("[global]\n{}repo2-path={}/second\nrepo1-retention-full=9\n"
                    "repo2-retention-full=9\nlog-path={}\nlock-path={}\nspool-path={}\n"
                    "log-level-console=off\nstart-fast=y\n[drill]\npg1-path={}\n"
                    "pg1-socket-path={}\npg1-port={}\npg1-user=postgres\n",
            first, instance.path_of_volume("backups"), scratch, scratch, scratch,
            instance.path_of(Place::data), instance.path_of(Place::sockets),
            instance.listen_inside().port));
  }

  void pgbackrest(Instance& instance, std::vector<std::string> words) {
    words.insert(
        words.begin(), {"pgbackrest", "--config=" + config_of(instance), "--stanza=drill"});
    exec_or_throw(instance, {.argv = std::move(words),
                                .env = {{"PGPASSWORD", engine_->superuser_password()}},
                                .deadline = patience});
  }

  SilentHost dead_;
  RunJournal journal_{new_run_id()};
  std::unique_ptr<Engine> engine_ = make_engine(
      {.engine = "local", .cluster = {.settings = std::string{settings_include}}}, journal_)
                                        .engine;
  std::unique_ptr<Instance> instance_;
  std::unique_ptr<Cluster> source_;
  std::unique_ptr<Instance> restored_instance_;
  std::unique_ptr<Cluster> restored_;
};

TEST_F(DeadRepository, IsNeverAskedByARestoreThatNamesTheLivingOne) {
  restore({"--repo=2"});
  EXPECT_NE(restore_command().find("--repo=2"), std::string::npos);
  recover();
  EXPECT_EQ(restored().connect().value("SELECT count(*) FROM visit"), "101");
  EXPECT_EQ(dead().calls(), 0);
}

// It ends well all the same, after io-timeout many times over: here 0.3 s, by default 60 s.
TEST_F(DeadRepository, IsWaitedForByARestoreThatNamesNoneAndByEachSegment) {
  restore({});
  const int for_the_set = dead().calls();
  EXPECT_GT(for_the_set, 0);
  EXPECT_EQ(restore_command().find("--repo"), std::string::npos);
  EXPECT_NE(restore_command().find("archive-get"), std::string::npos);
  fetch_a_segment({});
  const int for_one_segment = dead().calls() - for_the_set;
  EXPECT_GT(for_one_segment, 0);
  fetch_a_segment({});
  EXPECT_EQ(dead().calls(), for_the_set + 2 * for_one_segment);
  fetch_a_segment({"--repo=2"});
  EXPECT_EQ(dead().calls(), for_the_set + 2 * for_one_segment);
}

}  // namespace
}  // namespace pgrehearse
