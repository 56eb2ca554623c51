// The regional outage on trial: a replica that is not what it seems, a region that is not gone, a
// replay that stops early, a loss that is too large.
#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "harness/process/wait.hpp"
#include "harness/store/transfer.hpp"
#include "tests/sabotage/trial.hpp"

namespace pgrehearse {
namespace {

/// One way to break the drill. Each hook is the one thing changed against the healthy drill.
struct Broken {
  Red killed_by = {};
  std::function<void(Regions&)> once_the_marker_arrived = [](Regions&) {};
  std::function<std::unique_ptr<ServiceWatch>(const Source&)> watch = watch_service;
  std::function<void(Regions&)> just_after_the_outage = [](Regions&) {};
  std::function<RecoveryTarget(const Marker&)> target = [](const Marker&) { return Latest{}; };
  std::function<void(Restored&, Source&)> restored = [](Restored&, Source&) {};
};

// In A for so long that it should be in B.
bool is_due(const Regions& regions, const Shipment& shipment) {
  return SteadyTime::now() - shipment.written > regions.lag() + copying_takes;
}

void wait_until_something_is_overdue(const Regions& regions) {
  wait_until("an object to be overdue", Seconds{60}, [&]() -> std::optional<std::string> {
    for (const Shipment& shipment : regions.shipments()) {
      if (shipment.state == ShipmentState::waiting && is_due(regions, shipment)) {
        return std::nullopt;
      }
    }
    return "none so far";
  });
}

bool is_due(const Regions& regions, const std::string& key) {
  const std::vector<Shipment> shipments = regions.shipments();
  return std::any_of(shipments.begin(), shipments.end(),
      [&](const Shipment& shipment) { return shipment.key == key && is_due(regions, shipment); });
}

std::string newest_segment(Regions& regions) {
  std::string newest;
  for (const std::string& name : regions.off_site_b().wal()) {
    newest = name.size() == 24 ? name : newest;
  }
  return "wal/" + newest;
}

class RegionalOutageSabotage : public Trial {
 protected:
  void must_be_killed(const Broken& broken) {
    Trial::must_be_killed(
        "regional-outage", broken.killed_by, [&](Drill& drill) { tell(drill, broken); });
  }

  static void tell(Drill& drill, const Broken& broken) {
    auto regions = drill.step(
        "Prepare two regions", [&] { return std::make_unique<Regions>(run(), Milliseconds{0}); });
    auto source = drill.step("Start the database",
        [&] { return drill.start_source(DataChecksums::on, regions->in_a()); });
    auto backup = drill.step("Take a full backup", [&] {
      BackupSet set = source->take_full_backup();
      regions->ship(*source, set);
      regions->carry_wal_of(*source);
      return set;
    });
    auto marker = drill.step("Set the marker", [&] {
      source->write(run().options.commits);
      return source->set_marker("before-outage", backup);
    });
    auto watch = drill.step("Wait until the marker has arrived", [&] {
      source->keep_writing(20);
      regions->wait_until_arrived(marker.last_segment, Seconds{60});
      broken.once_the_marker_arrived(*regions);
      return broken.watch(*source);
    });
    auto injury = drill.step("INCIDENT", [&] { return drill.lose_region(*source, *regions); });
    broken.just_after_the_outage(*regions);
    drill.step("Notice it", [&] { drill.notice_outage(std::move(watch), injury); });
    auto replica = drill.step(
        "Fetch the replica", [&] { return drill.fetch_replica(*regions, *source, injury); });
    auto restored =
        drill.step("Restore", [&] { return drill.restore(replica, broken.target(marker)); });
    broken.restored(restored, *source);
    const Marker served = until_now(marker);
    drill.expect(restored, replayed_all_of(replica));
    drill.expect(restored, holds_exactly_the_commits_in(replica, marker, *source));
    drill.expect(restored, is_a_server_of_its_own(*source));
    drill.step("Switch", [&] { drill.switch_traffic(*source, restored); });
    drill.expect(restored, has_the_traffic(*source));
    drill.expect(restored, is_serving(*source));
    drill.expect_ready_application(restored, *source);
    drill.expect(restored, keeps_clients_off_the_old_server(*source));
    drill.expect_objectives_met(restored, *source, served, injury);
  }
};

TEST_F(RegionalOutageSabotage, TheHealthyTwinIsGreen) {
  must_be_green("regional-outage", [&](Drill& drill) { tell(drill, {}); });
}

// Such as a page that says "ok" whatever happens to the database behind it.
TEST_F(RegionalOutageSabotage, WatchThatAlwaysSaysWell) {
  must_be_killed({.killed_by = {"outage-noticed", "none failed"},
      .watch = [](const Source&) { return std::make_unique<ServiceWatch>([] { return true; }); }});
}

TEST_F(RegionalOutageSabotage, StaleReplica) {
  must_be_killed({.killed_by = {"replica-current", "was due and is not there"},
      .once_the_marker_arrived = [](Regions& regions) {
        regions.store_a().hold();
        wait_until_something_is_overdue(regions);
      }});
}

TEST_F(RegionalOutageSabotage, ReplicaWithoutItsLastObject) {
  must_be_killed({.killed_by = {"replica-current", "was due and is not there"},
      .once_the_marker_arrived = [](Regions& regions) {
        const std::string last = newest_segment(regions);
        wait_until("its last arrival to be old", Seconds{60}, [&] {
          return is_due(regions, last) ? std::nullopt : std::optional<std::string>{"it is young"};
        });
        regions.store_b().remove(last, {});
      }});
}

TEST_F(RegionalOutageSabotage, OldCopyUnderTheNewestName) {
  must_be_killed({.killed_by = {"replica-current", "is not what region A had under that name"},
      .just_after_the_outage = [](Regions& regions) {
        const std::string older = "wal/" + regions.off_site_b().wal().front();
        regions.store_b().put(
            newest_segment(regions), Content::of_bytes(get_bytes(regions.store_b(), older)), {});
      }});
}

TEST_F(RegionalOutageSabotage, ReplayThatStopsBeforeTheEnd) {
  must_be_killed({.killed_by = {"recovery-ending", "recovery ended by 'target reached'"},
      .target = [](const Marker& marker) { return to(marker); }});
}

TEST_F(RegionalOutageSabotage, ReplayThatStopsBeforeTheEndLosesCommits) {
  must_be_killed({.killed_by = {"exact-set", "is in the WAL that arrived and is missing"},
      .target = [](const Marker&) { return Immediate{}; }});
}

TEST_F(RegionalOutageSabotage, HistoryThatGivesAnotherReason) {
  must_be_killed({.killed_by = {"recovery-ending", "does not say 'no recovery target specified'"},
      .restored = [](Restored& restored, Source&) { change_the_reason_in_its_history(restored); }});
}

TEST_F(RegionalOutageSabotage, CommitThatIsMissingInTheMiddle) {
  must_be_killed({.killed_by = {"exact-set", "is in the WAL that arrived and is missing"},
      .restored = [](Restored& restored, Source& source) {
        Session session = restored.cluster.connect(source.subject().database);
        session.exec(
            "DELETE FROM pgrehearse.commits WHERE (writer, sequence) = (SELECT "
            "writer, max(sequence) FROM pgrehearse.commits GROUP BY writer ORDER BY 2 "
            "LIMIT 1)");
      }});
}

TEST_F(RegionalOutageSabotage, LossBeyondTheObjective) {
  must_be_killed({.killed_by = in_its_one_way("rpo"), .once_the_marker_arrived = [](Regions&) {
                    run().subject.objectives["regional-outage"].rpo = Milliseconds{1};
                  }});
}

TEST_F(RegionalOutageSabotage, RegionThatWasNeverCutOff) {
  Trial::must_be_killed(
      "regional-outage", {"region-cut-off", "the server of region A answers"}, [](Drill& drill) {
        auto regions = drill.step("Prepare two regions",
            [&] { return std::make_unique<Regions>(run(), Milliseconds{0}); });
        auto source = drill.step("Start the database",
            [&] { return drill.start_source(DataChecksums::on, regions->in_a()); });
        drill.step(
            "Take a full backup", [&] { regions->ship(*source, source->take_full_backup()); });
        static_cast<void>(drill.step("Fetch the replica", [&] {
          return drill.fetch_replica(*regions, *source,
              {.name = "nothing", .probe = {}, .when = Timestamp::now(), .at = SteadyTime::now()});
        }));
      });
}

}  // namespace
}  // namespace pgrehearse
