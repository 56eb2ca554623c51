// Damage to archived WAL, one bit at a time, in segments that a recovery needs: restore_command
// itself refuses every one, by name, wherever the bit lies. pg_waldump, which reads what replay
// would read, is asked too, so that it shows how many of them Postgres alone would have replayed.
#include <algorithm>

#include <fmt/format.h>

#include "harness/drill/recovery_cause.hpp"
#include "harness/pg/recovery_log.hpp"
#include "harness/pg/wal_reading.hpp"
#include "harness/process/wait.hpp"
#include "tests/contract/damage_source.hpp"
#include "tests/contract/damage_trials.hpp"

namespace pgrehearse {
namespace {

class DamagedArchive : public testing::Test {
 protected:
  DamagedArchive() {
    const std::string last = source_.write_a_segment();
    source_.cluster().connect("app").exec("SELECT pg_create_restore_point('marker')");
    last_ = source_.write_a_segment();
    for (const std::string& name : needed()) {
      EXPECT_TRUE(std::filesystem::exists(source_.archive_path() / name)) << name;
    }
    EXPECT_LT(last, last_);
  }

  [[nodiscard]] std::vector<std::string> needed() const {
    const Lsn end{start_of_segment(last_).bytes() + 1};
    return segments_between(set_.timeline, set_.start, end);
  }
  [[nodiscard]] const std::string& last() const { return last_; }
  DamageSource& source() { return source_; }

  /// As a recovering server runs it.
  SegmentRequest ask_restore_command(const std::string& segment) {
    const ServerSettings settings = source_.archive().restore_settings(*reader_);
    std::string command = settings.back().second;
    command.replace(command.find("%f"), 2, segment);
    command.replace(command.find("%p"), 2, reader_->path_of(Place::scratch) + "/RECOVERYXLOG");
    const Completed asked = reader_->exec({.argv = {"sh", "-c", command}});
    SegmentRequest request =
        requests_in(get_file(*reader_, source_.archive().served_record(*reader_))).back();
    EXPECT_EQ(asked.status > 128, request.outcome == "trouble") << asked.status;
    return request;
  }
  bool waldump_reads_it() {
    WalRange range{.directory = source_.archive_path(), .first_segment = needed().front()};
    range.last_segment = last_;
    const Completed dump = source_.instance().exec(waldump_program(range));
    return wal_reading_of(dump, Lsn{}).stop == WalStop::whole_range;
  }
  void flip(Score& score, const Spot& spot) {
    const Flipped damage{source_.archive_path(), spot};
    score.tried();
    const SegmentRequest request = ask_restore_command(spot.file);
    EXPECT_EQ(request.asked, spot.file);
    EXPECT_EQ(request.outcome, "trouble") << text_of(spot);
    if (request.outcome == "trouble") {
      score.noticed_by("restore_command");
    }
    if (!waldump_reads_it()) {
      score.noticed_by("pg_waldump alone");
    }
  }

  /// A server of the set, recovering. Nothing waits for its end.
  Cluster recovering(Instance& instance, const RecoveryTarget& target = AtName{"marker"},
      const std::string& without = {}) {
    Cluster cluster = source_.cluster_in(instance);
    const RestoredFiles files = source_.tool().restore(instance, set_, target);
    cluster.write_settings(files.settings);
    if (!without.empty()) {
      exec_or_throw(instance, {.argv = {"rm", cluster.data_path() + "/" + without}});
    }
    cluster.launch();
    return cluster;
  }
  /// Why the recovery of a server ended that was told one thing and judged by the marker.
  std::string cause_of_recovery(const std::string& name,
      const RecoveryTarget& told = AtName{"marker"}, const std::string& without = {}) {
    const std::unique_ptr<Instance> instance = source_.new_instance(name, false);
    Cluster cluster = recovering(*instance, told, without);
    const RecoveryEnding ending = ending_of(cluster);
    std::vector<SegmentRequest> requests;
    if (without.empty()) {
      requests = requests_in(get_file(*instance, source_.archive().served_record(*instance)));
    }
    return text_of(cause_of(ending, requests, AtName{"marker"}, cluster.is_running()));
  }
  RecoveryEnding ending_of(Cluster& cluster) {
    wait_until("recovery to end", Seconds{60}, [&]() -> std::optional<std::string> {
      const RecoveryOutcome outcome = recovery_ending_of(cluster.log()).outcome;
      const bool over = outcome != RecoveryOutcome::still_going;
      return over ? std::nullopt : std::optional<std::string>{"still going"};
    });
    return recovery_ending_of(cluster.log());
  }
  /// The last thing that its restore_command said.
  SegmentRequest last_request_of(Instance& instance) {
    return requests_in(get_file(instance, source_.archive().served_record(instance))).back();
  }

 private:
  DamageSource source_;
  BackupSet set_ = source_.take();
  std::unique_ptr<Instance> reader_ = source_.new_instance("reader", false);
  std::string last_;
};

TEST_F(DamagedArchive, GivesBackNoSegmentInWhichABitFlipped) {
  Lot lot{source().archive_path()};
  ASSERT_TRUE(waldump_reads_it());
  Score score{"archived WAL, flips in needed segments"};
  const std::vector<std::string> segments = needed();
  const int wanted = trials(30, 500);
  for (int trial = 0; trial < wanted; ++trial) {
    const std::string& segment = segments[static_cast<std::size_t>(trial) % segments.size()];
    // Half of them in the beginning, where all records are: behind the switch there are only zeros.
    constexpr std::uint64_t used = 256UL * 1024;
    flip(score, trial % 2 == 0 ? lot.within(segment) : lot.within(segment, used));
  }
  for (const std::string& segment : segments) {
    EXPECT_EQ(ask_restore_command(segment).outcome, "served")
        << "the damage was not taken back: nothing is proven";
  }
}

TEST_F(DamagedArchive, StopsAServerAtTheFlipThatNoChecksumSees) {
  const std::unique_ptr<Instance> stopped = source().new_instance("stopped", false);
  {
    const Flipped damage{source().archive_path(), {last(), 16UL * 1024 * 1024 - 1, 3}};
    EXPECT_TRUE(waldump_reads_it()) << "a place that Postgres itself looks at";
    Cluster cluster = recovering(*stopped);
    EXPECT_EQ(ending_of(cluster).outcome, RecoveryOutcome::restore_command_error);
    const SegmentRequest request = last_request_of(*stopped);
    EXPECT_EQ(request.asked, last());
    EXPECT_EQ(request.outcome, "trouble");
  }
  const std::unique_ptr<Instance> sound = source().new_instance("sound", false);
  Cluster cluster = recovering(*sound);
  EXPECT_EQ(ending_of(cluster).outcome, RecoveryOutcome::target_reached);
}

TEST_F(DamagedArchive, IsNamedAsTheCauseOfAnEndingThatNobodyAskedFor) {
  EXPECT_EQ(cause_of_recovery("asked"), "as asked");
  EXPECT_EQ(cause_of_recovery("early", Immediate{}), "stopped at another point");
  EXPECT_EQ(cause_of_recovery("unsigned", AtName{"marker"}, "recovery.signal"), "recovery skipped");
  const std::string of_last = ", first missing or bad segment " + last();
  {
    const Flipped damage{source().archive_path(), {last(), 100, 1}};
    EXPECT_EQ(cause_of_recovery("flipped"), "restore_command failed" + of_last);
  }
  const std::filesystem::path gap = source().archive_path() / last();
  std::filesystem::rename(gap, gap.string() + ".away");
  EXPECT_EQ(cause_of_recovery("gap"), "end of archive" + of_last);
  EXPECT_EQ(cause_of_recovery("gap-and-no-target", Latest{}), "end of archive" + of_last);
}

}  // namespace
}  // namespace pgrehearse
