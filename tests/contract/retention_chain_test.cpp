// A retention carried out on chains of increments, which pgBackRest really made: what is kept keeps
// its parents, and an expiry that removes one is noticed.
#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "harness/backup/expiry.hpp"
#include "harness/backup/make_backup_tool.hpp"
#include "harness/backup/pgbackrest_tool.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/sweep.hpp"
#include "tests/contract/retention_source.hpp"

namespace pgrehearse {
namespace {

/// Two chains of a full set and an increment. One set a day, by a simulated calendar.
class RetentionOfChains : public testing::Test {
 protected:
  void SetUp() override {
    engine_->create_volume("archive");
    engine_->create_volume("backups");
    instance_ = engine_->create({.name = "source", .volumes = {{"archive"}, {"backups"}}});
    try {
      demand_usable(tool_, *engine_);
    } catch (const Error& error) {
      GTEST_SKIP() << error.message();
    }
    source_ = std::make_unique<Cluster>(*instance_, engine_->superuser_password());
    source_->write_settings(without_fsync(archive_settings(Archive{"archive"}, tool_, *instance_)));
    source_->start();
    tool_.prepare(*source_);
    drop_templates(*source_);
    source_->connect().exec("CREATE TABLE lived (day text)");
    using enum BackupKind;
    for (const BackupKind kind : std::array{full, incr, full, incr}) {
      source_->connect().exec("INSERT INTO lived VALUES ('one more')");
      sets_.push_back(tool_.take(*source_, {.id = "set", .kind = kind}));
    }
  }
  void TearDown() override {
    source_.reset();
    instance_.reset();
    engine_->remove_run();
    engine_.reset();
    static_cast<void>(sweep({.only_run = journal_.run_id()}));
  }

  /// What pgBackRest itself says of its sets, but one a day.
  std::vector<CataloguedSet> catalogue() {
    std::vector<CataloguedSet> sets = tool_.catalogue(*instance_);
    Timestamp day = Timestamp::parse("2028-12-04 02:00:00+00");
    for (CataloguedSet& set : sets) {
      set.taken = day;
      day = day + std::chrono::days{1};
    }
    return sets;
  }
  void carry_out(const Retention& retention) {
    expire(
        retention, *instance_, "archive",
        [&](const std::string& id) { tool_.remove(*instance_, id); },
        [&](const Removal& removal) { log_.push_back(text_of(removal)); });
  }
  /// Labels of kept sets that are gone, or whose parents are.
  std::string without_parents(const Retention& retention) {
    const Retention left = keep({}, tool_.catalogue(*instance_), Timestamp::now());
    std::vector<std::string> wrong;
    for (const KeptSet& set : retention.kept) {
      if (!left.keeps(set.id) &&
          std::find(left.expired.begin(), left.expired.end(), set.id) == left.expired.end()) {
        wrong.push_back(set.id);
      }
    }
    return joined(wrong, ", ");
  }
  int rows_restored(const BackupSet& set) {
    const std::unique_ptr<Instance> instance =
        engine_->create({.name = "restored", .initialised = false, .volumes = {{"backups", true}}});
    const RestoredFiles files = tool_.restore(*instance, set, Immediate{});
    Cluster cluster{*instance, engine_->superuser_password()};
    cluster.write_settings(without_fsync(files.settings));
    cluster.start();
    const int rows = std::stoi(cluster.connect().value("SELECT count(*) FROM lived"));
    cluster.stop();
    return rows;
  }
  [[nodiscard]] const std::string& label(std::size_t number) const { return sets_[number].label; }

  RunJournal journal_{new_run_id()};
  std::unique_ptr<Engine> engine_ = make_engine(
      {.engine = "local", .cluster = {.settings = std::string{settings_include}}}, journal_)
                                        .engine;
  PgbackrestTool tool_{"backups", {.own = {{"compress-type", "none"}, {"job-retry", "0"}}}};
  std::unique_ptr<Instance> instance_;
  std::unique_ptr<Cluster> source_;
  std::vector<BackupSet> sets_;
  std::vector<std::string> log_;
};

TEST_F(RetentionOfChains, KeepsParentsAndNoticesWhenOneIsLost) {
  const Timestamp now = Timestamp::parse("2028-12-07 12:00:00+00");
  const Retention retention = keep({.daily = 1}, catalogue(), now);
  ASSERT_EQ(retention.kept.size(), 2U);
  EXPECT_EQ(retention.kept[0].reasons, std::vector{"parent of " + label(3)});
  carry_out(retention);
  EXPECT_EQ(without_parents(retention), "");
  EXPECT_EQ(tool_.list(*instance_), (std::vector{label(2), label(3)}));
  EXPECT_EQ(log_[0], "expired set " + label(1));
  EXPECT_EQ(log_[1], "expired set " + label(0));
  EXPECT_EQ(rows_restored(sets_[3]), 4);

  // Only now may the last full set but one go: pgBackRest keeps the last.
  sets_.push_back(tool_.take(*source_, {.id = "set", .kind = BackupKind::full}));
  Retention wrong = retention;
  wrong.expired = {label(2)};
  carry_out(wrong);
  EXPECT_EQ(without_parents(retention), label(2) + ", " + label(3));
  EXPECT_THROW(static_cast<void>(rows_restored(sets_[3])), Error);
}

}  // namespace
}  // namespace pgrehearse
