// A whole region is gone: its servers, its network, its store. Nobody can ask it anything.
//
// Claim: from what had arrived in the other region's store, and with nothing else, the database
// comes back there; what is lost is what had not arrived, counted to the commit, and no more.
// Refusal: a server that starts in region B proves nothing here. The drill is red unless region A
// was cut off before anything was fetched, B had all that was due, replay went to its very end, and
// a second restore from B holds every fact of the marker.
//
// With a streaming standby in B, claim: it takes over with all that it had received, what it had
// not is counted to the commit (none, when the primary waited for it), and the old primary comes
// back as its standby. Refusal: the drill is red if at any time two servers take a client's write,
// or if the old primary keeps what the new one never had.
#include <utility>

#include "harness/drill/old_primary.hpp"
#include "harness/drill/questions_failover.hpp"
#include "harness/drill/uploads.hpp"
#include "harness/gtest/scenario.hpp"

namespace pgrehearse {
namespace {

class RegionalOutage : public Scenario {
 protected:
  /// The runbook; region B's store is `lag` behind.
  void recover_in_b(Milliseconds lag) {
    Drill drill = begin("regional-outage");
    auto regions = drill.step("Prepare two regions; what A stores is copied to B",
        [&] { return std::make_unique<Regions>(run(), lag); });
    auto source = drill.step("Start the database in region A and load the baseline",
        [&] { return drill.start_source(DataChecksums::on, regions->in_a()); });
    auto backup = drill.step("Take a full backup, verify it and put it into A's store", [&] {
      BackupSet set = source->take_full_backup();
      regions->ship(*source, set);
      if (subject().uploads) {
        make_uploads(*source, regions->store_a());
      }
      regions->carry_wal_of(*source);
      return set;
    });
    auto marker = drill.step("Let clients write, then set the marker", [&] {
      source->write(run().options.commits);
      return source->set_marker("before-outage", backup);
    });
    auto watch =
        drill.step("Clients go on writing, at least until the marker has arrived in region B", [&] {
          source->keep_writing(run().options.commits);
          regions->wait_until_arrived(marker.last_segment, lag + Seconds{60});
          return watch_service(*source);
        });
    auto injury = drill.step("INCIDENT: region A stops and is cut off, its store is gone",
        [&] { return drill.lose_region(*source, *regions); });
    drill.step("A watch by the application's way fails: raise the alarm", [&] {
      drill.notice_outage(std::move(watch), injury);
      drill.raise_alarm();
    });
    auto replica = drill.step("Fetch in region B what has arrived there",
        [&] { return drill.fetch_replica(*regions, *source, injury); });
    auto restored = drill.step("Restore it in region B and replay to its end",
        [&] { return drill.restore(replica, Latest{}); });

    const Marker served = until_now(marker);
    drill.expect(restored, replayed_all_of(replica));
    drill.expect(restored, holds_exactly_the_commits_in(replica, marker, *source));
    drill.expect(restored, has_current_migrations(run(), *source));
    drill.expect(restored, answers_the_subjects_checks(subject(), served));
    if (subject().uploads) {
      drill.expect(restored, has_every_upload(regions->store_b(), subject()));
    }
    drill.expect(restored, is_sound());
    drill.expect(restored, is_a_server_of_its_own(*source));
    drill.step("Lead the traffic to region B", [&] { drill.switch_traffic(*source, restored); });
    drill.expect(restored, has_the_traffic(*source));
    drill.expect(restored, is_serving(*source));
    drill.expect_ready_application(restored, *source);
    drill.expect(restored, keeps_clients_off_the_old_server(*source));
    drill.expect(restored, left_the_archive_alone(replica));
    drill.expect(restored, has_a_clean_log());
    drill.expect_objectives_met(restored, *source, served, injury);
    drill.expect_region_b_alone(*regions);

    auto proof = drill.step("Restore the replica once more, to the marker",
        [&] { return drill.restore(replica, to(marker)); });
    drill.expect(proof, stopped_at(marker));
    drill.expect(proof, holds_exactly_the_commits_before(marker, *source));
    drill.expect(proof, has_every_fact_of(marker, subject().database));
  }

  /// The runbook with a standby in region B.
  void fail_over_to_b(Replication replication) {
    Drill drill = begin("regional-outage");
    auto regions = drill.step(
        "Prepare two regions", [&] { return std::make_unique<Regions>(run(), Seconds{0}); });
    auto source = drill.step("Start the database in region A and load the baseline",
        [&] { return drill.start_source(DataChecksums::on, regions->in_a()); });
    auto standby = drill.step("Start a streaming standby in region B, over the regions' link",
        [&] { return drill.start_standby(*source, *regions, replication); });
    auto backup =
        drill.step("Take a full backup and verify it", [&] { return source->take_full_backup(); });
    auto marker = drill.step("Let clients write, then set the marker", [&] {
      source->write(run().options.commits);
      return source->set_marker("before-outage", backup);
    });
    drill.expect(standby->server(), streams_from(*source, *standby));
    auto watch = drill.step("Clients go on writing", [&] {
      source->keep_writing(run().options.commits);
      return watch_service(*source);
    });
    auto injury = drill.step("INCIDENT: region A stops and is cut off, the link with it",
        [&] { return drill.lose_region(*source, *regions); });
    drill.step("A watch by the application's way fails: raise the alarm", [&] {
      drill.notice_outage(std::move(watch), injury);
      drill.raise_alarm();
    });
    drill.expect(standby->server(), sees_nothing_of_region_a(*source, *standby, *regions));
    auto restored = drill.step("Promote the standby in region B", [&] {
      drill.note_archive(*source, backup);
      return drill.promote(*standby);
    });

    const Marker served = until_now(marker);
    drill.expect(restored, took_over_with_all_that_it_received(*standby));
    drill.expect(restored, holds_exactly_the_commits_in(standby->received(), marker, *source));
    if (replication == Replication::synchronous) {
      drill.expect(restored, holds_every_acknowledged_commit(*source));
    }
    drill.expect(restored, has_current_migrations(run(), *source));
    drill.expect(restored, answers_the_subjects_checks(subject(), served));
    drill.expect(restored, is_sound());
    drill.expect(restored, is_a_server_of_its_own(*source));
    drill.step("Lead the traffic to region B", [&] { drill.switch_traffic(*source, restored); });
    drill.expect(restored, has_the_traffic(*source));
    drill.expect(restored, is_serving(*source));
    drill.expect_ready_application(restored, *source);
    drill.expect(restored, keeps_clients_off_the_old_server(*source));
    drill.expect(restored, left_the_archive_alone(*source, drill.archive_before_restore()));
    drill.expect(restored, has_a_clean_log_but_for_the_lost_link());
    drill.expect_objectives_met(restored, *source, served, injury);

    OldPrimary old{run(), *source, *standby, regions->network_a()};
    drill.step("Region A comes back: fence its old primary before it starts", [&] {
      old.fence();
      old.come_back();
    });
    drill.expect(restored, is_the_only_writer(old));
    drill.step("Rewind the old primary to where its successor went on", [&] { old.rewind(); });
    drill.expect(restored, lacks_only_what_had_diverged(old));
    drill.step("Start the old primary as its successor's standby", [&] { old.follow(); });
    drill.expect(restored, has_as_its_standby(old));
    drill.expect(restored, is_the_only_writer(old));
  }
};

TEST_F(RegionalOutage, NothingThatHadArrivedIsLost) {
  recover_in_b(Seconds{0});
}

TEST_F(RegionalOutage, FiveSecondsOfLagLoseNoMoreThanWhatHadNotArrived) {
  recover_in_b(Seconds{5});
}

TEST_F(RegionalOutage, AMinuteOfLagLosesNoMoreThanWhatHadNotArrived) {
  recover_in_b(Seconds{60});
}

TEST_F(RegionalOutage, AStandbyTakesOverAndTheOldPrimaryFollowsIt) {
  fail_over_to_b(Replication::asynchronous);
}

TEST_F(RegionalOutage, AStandbyThatIsWaitedForTakesOverWithoutLoss) {
  fail_over_to_b(Replication::synchronous);
}

}  // namespace
}  // namespace pgrehearse
