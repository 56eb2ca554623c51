// The failover to a standby on trial: a standby that gets nothing, a promotion that leaves
// something out, an old primary that comes back as if nothing had happened. A standby that is
// waited for follows the same story; what is special to it is the promise that nothing is lost.
#include <functional>

#include <fmt/format.h>

#include "harness/drill/old_primary.hpp"
#include "harness/drill/questions_failover.hpp"
#include "tests/sabotage/trial.hpp"

namespace pgrehearse {
namespace {

void change_setting(const Cluster& cluster, const std::string& name, const std::string& value) {
  Session session = cluster.connect();
  session.exec(fmt::format("ALTER SYSTEM SET {} = {}", name, literal(value)));
  session.exec("SELECT pg_reload_conf()");
}

/// One way to break the drill. Each hook is the one thing changed against the healthy drill.
struct Broken {
  Red killed_by = {};
  Replication replication = Replication::asynchronous;
  std::function<void(Standby&, Source&)> standby = [](Standby&, Source&) {};
  std::function<void(Standby&, Source&)> before_the_outage = [](Standby&, Source&) {};
  std::function<void(Source&)> promoted = [](Source&) {};
  std::function<void(Restored&)> restored = [](Restored&) {};
  std::function<void(OldPrimary&)> fence = [](OldPrimary& old) { old.fence(); };
  std::function<void(OldPrimary&)> rewind = [](OldPrimary& old) { old.rewind(); };
};

class FailoverSabotage : public Trial {
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
    auto standby = drill.step("Start a standby", [&] {
      auto started = drill.start_standby(*source, *regions, broken.replication);
      broken.standby(*started, *source);
      return started;
    });
    auto backup = drill.step("Take a full backup", [&] { return source->take_full_backup(); });
    auto marker = drill.step("Set the marker", [&] {
      source->write(run().options.commits);
      return source->set_marker("before-outage", backup);
    });
    drill.expect(standby->server(), streams_from(*source, *standby));
    drill.step("Clients go on writing", [&] {
      broken.before_the_outage(*standby, *source);
      source->keep_writing(run().options.commits);
    });
    auto injury = drill.step("INCIDENT", [&] { return drill.lose_region(*source, *regions); });
    drill.expect(standby->server(), sees_nothing_of_region_a(*source, *standby, *regions));
    auto restored = drill.step("Promote", [&] {
      drill.note_archive(*source, backup);
      return drill.promote(*standby);
    });
    broken.promoted(*source);
    broken.restored(restored);
    const Marker served = until_now(marker);
    drill.expect(restored, took_over_with_all_that_it_received(*standby));
    drill.expect(restored, holds_exactly_the_commits_in(standby->received(), marker, *source));
    if (broken.replication == Replication::synchronous) {
      drill.expect(restored, holds_every_acknowledged_commit(*source));
    }
    drill.expect(restored, is_a_server_of_its_own(*source));
    drill.step("Switch", [&] { drill.switch_traffic(*source, restored); });
    drill.expect(restored, has_the_traffic(*source));
    drill.expect(restored, is_serving(*source));
    drill.expect(restored, left_the_archive_alone(*source, drill.archive_before_restore()));
    drill.expect(restored, has_a_clean_log_but_for_the_lost_link());
    drill.expect_objectives_met(restored, *source, served, injury);
    OldPrimary old{run(), *source, *standby, regions->network_a()};
    drill.step("Region A comes back", [&] {
      broken.fence(old);
      old.come_back();
    });
    drill.expect(restored, is_the_only_writer(old));
    drill.step("Rewind", [&] { broken.rewind(old); });
    drill.expect(restored, lacks_only_what_had_diverged(old));
    drill.step("Follow", [&] { old.follow(); });
    drill.expect(restored, has_as_its_standby(old));
    drill.expect(restored, is_the_only_writer(old));
  }
};

TEST_F(FailoverSabotage, TheHealthyTwinIsGreen) {
  must_be_green("regional-outage", [&](Drill& drill) { tell(drill, {}); });
}

TEST_F(FailoverSabotage, StandbyOfAnotherServer) {
  Trial::must_be_killed("regional-outage", {"standby-streams", "no connection"}, [](Drill& drill) {
    auto regions = drill.step(
        "Prepare two regions", [&] { return std::make_unique<Regions>(run(), Milliseconds{0}); });
    auto source = drill.step("Start the database",
        [&] { return drill.start_source(DataChecksums::on, regions->in_a()); });
    auto other = drill.step("Start another database",
        [&] { return drill.start_source(DataChecksums::on, regions->in_a()); });
    auto standby = drill.step("Start a standby",
        [&] { return drill.start_standby(*other, *regions, Replication::asynchronous); });
    drill.expect(standby->server(), streams_from(*source, *standby));
  });
}

TEST_F(FailoverSabotage, RegionThatIsNotLost) {
  Trial::must_be_killed(
      "regional-outage", {"region-cut-off", "the server of region A answers"}, [](Drill& drill) {
        auto regions = drill.step("Prepare two regions",
            [&] { return std::make_unique<Regions>(run(), Milliseconds{0}); });
        auto source = drill.step("Start the database",
            [&] { return drill.start_source(DataChecksums::on, regions->in_a()); });
        auto standby = drill.step("Start a standby",
            [&] { return drill.start_standby(*source, *regions, Replication::asynchronous); });
        drill.expect(standby->server(), sees_nothing_of_region_a(*source, *standby, *regions));
      });
}

TEST_F(FailoverSabotage, LinkThatBrokeBeforeTheOutage) {
  must_be_killed({.killed_by = in_its_one_way("rpo"),
      .before_the_outage =
          [](Standby& standby, Source&) {
            run().subject.objectives["regional-outage"].rpo = Milliseconds{1};
            change_setting(standby.server().cluster, "primary_conninfo", "host=127.0.0.1 port=1");
          },
      .restored =
          [](Restored& restored) {
            restored.cluster.connect().exec("ALTER SYSTEM RESET primary_conninfo");
          }});
}

TEST_F(FailoverSabotage, PromotionWhileReplayIsPaused) {
  must_be_killed({.killed_by = {"recovery-ending", "replayed before it was promoted"},
      .before_the_outage = [](Standby& standby, Source&) {
        standby.server().cluster.connect().exec("SELECT pg_wal_replay_pause()");
      }});
}

TEST_F(FailoverSabotage, StandbyThatStopsAtATarget) {
  must_be_killed({.killed_by = {"exact-set", "is in the WAL that arrived and is missing"},
      .standby = [](Standby& standby, Source& source) {
        Cluster& cluster = standby.server().cluster;
        change_setting(cluster, "recovery_target_name", source.restore_point("before-outage"));
        cluster.stop();
        cluster.start();
      }});
}

TEST_F(FailoverSabotage, CommitThatIsOnNeitherSide) {
  must_be_killed(
      {.killed_by = {"diverged", "is on neither side"}, .restored = [](Restored& restored) {
         restored.cluster.connect(run().subject.database)
             .exec("DELETE FROM pgrehearse.commits WHERE writer = 1 AND sequence = 7");
       }});
}

TEST_F(FailoverSabotage, OldPrimaryThatComesBackUnfenced) {
  must_be_killed(
      {.killed_by = {"one-writer", "two servers take writes"}, .fence = [](OldPrimary&) {}});
}

TEST_F(FailoverSabotage, FenceThatAClientCanLift) {
  must_be_killed(
      {.killed_by = {"one-writer", "two servers take writes"}, .fence = [](OldPrimary& old) {
         ServerSettings settings = old.source().settings();
         settings.emplace_back("default_transaction_read_only", "on");
         old.cluster().write_settings(settings);
       }});
}

TEST_F(FailoverSabotage, OldPrimaryThatIsNotRewound) {
  must_be_killed({.killed_by = {"rejoined", "for the new primary it is not connected"},
      .rewind = [](OldPrimary& old) {
        put_file(old.cluster().instance(), old.cluster().data_path() + "/pg_hba.conf",
            "local all all scram-sha-256\nhost all all all scram-sha-256\n");
      }});
}

TEST_F(FailoverSabotage, PromotedStandbyThatArchivesBesideItsSource) {
  must_be_killed({.killed_by = {"source-archive", "of a timeline that should not be there"},
      .promoted = [](Source& source) {
        put_file(source.cluster().instance(), archived(source, "00000002.history"), "1\n");
      }});
}

TEST_F(FailoverSabotage, TheHealthyTwinThatIsWaitedForIsGreen) {
  must_be_green("regional-outage",
      [&](Drill& drill) { tell(drill, {.replication = Replication::synchronous}); });
}

// Somebody ended a standstill by waiting no more, and the link was down.
TEST_F(FailoverSabotage, PrimaryThatNoLongerWaits) {
  must_be_killed({.killed_by = {"exact-set", "acknowledged"},
      .replication = Replication::synchronous,
      .before_the_outage =
          [](Standby& standby, Source& source) {
            change_setting(source.cluster(), "synchronous_standby_names", "");
            change_setting(standby.server().cluster, "primary_conninfo", "host=127.0.0.1 port=1");
          },
      .restored =
          [](Restored& restored) {
            restored.cluster.connect().exec("ALTER SYSTEM RESET primary_conninfo");
          }});
}

// The server waits; the application has asked it not to.
TEST_F(FailoverSabotage, ApplicationThatWaitsForItsOwnDiskAlone) {
  must_be_killed({.killed_by = {"exact-set", "acknowledged"},
      .replication = Replication::synchronous,
      .before_the_outage =
          [](Standby& standby, Source& source) {
            change_setting(source.cluster(), "synchronous_commit", "local");
            change_setting(standby.server().cluster, "primary_conninfo", "host=127.0.0.1 port=1");
          },
      .restored =
          [](Restored& restored) {
            restored.cluster.connect().exec("ALTER SYSTEM RESET primary_conninfo");
          }});
}

}  // namespace
}  // namespace pgrehearse
