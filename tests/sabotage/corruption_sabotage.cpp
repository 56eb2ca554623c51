// The corruption drill on trial: damage that never happened, damage that nobody should miss in the
// backup or on the restored server.
#include <functional>

#include <fmt/format.h>

#include "harness/incident/damage.hpp"
#include "tests/sabotage/trial.hpp"

namespace pgrehearse {
namespace {

/// One way to break the drill. Each hook is the one thing changed against the healthy drill.
struct Broken {
  std::string killed_by = {};
  DataChecksums checksums = DataChecksums::on;
  Damage damage = flipped_heap_page();
  Watch detected_by = Watch::amcheck;
  std::function<void(Source&, const BackupSet&, const Marker&)> before_restore =
      [](Source&, const BackupSet&, const Marker&) {};
  std::function<RecoveryTarget(const Marker&)> target = [](const Marker& marker) {
    return to(marker);
  };
  std::function<void(Restored&, Source&)> restored = [](Restored&, Source&) {};
};

std::string inside(const Source& source, const BackupSet& set, const std::string& file) {
  return source.cluster().instance().path_of_volume(set.volume) + "/" + set.id + "/" + file;
}

/// A hook that damages a file of the restored server while it is down.
std::function<void(Restored&, Source&)> struck_again(const Damage& damage) {
  return [damage](Restored& restored, Source& source) {
    Victim victim;
    {
      Session session = restored.cluster.connect(source.subject().database);
      victim = victim_of(session, damage);
    }
    restored.cluster.stop();
    strike(restored.cluster, damage, victim);
    restored.cluster.start();
  };
}

class CorruptionSabotage : public Trial {
 protected:
  void must_be_killed(const Broken& broken) {
    Trial::must_be_killed(
        "corruption", broken.killed_by, [&](Drill& drill) { tell(drill, broken); });
  }

  static void tell(Drill& drill, const Broken& broken) {
    auto source =
        drill.step("Start the database", [&] { return drill.start_source(broken.checksums); });
    auto backup = drill.step("Take a full backup", [&] { return source->take_full_backup(); });
    auto marker = drill.step("Set the marker", [&] {
      source->write(run().options.commits);
      return source->set_marker("before-damage", backup);
    });
    auto injury = drill.step("INCIDENT", [&] { return drill.inject(*source, broken.damage); });
    drill.step("Raise the alarm", [&] {
      drill.notice(look_for_damage(source->cluster(), marker), injury, broken.detected_by);
      drill.raise_alarm();
    });
    auto restored = drill.step("Restore", [&] {
      broken.before_restore(*source, backup, marker);
      return drill.restore(*source, backup, broken.target(marker));
    });
    if (restored.serving) {
      broken.restored(restored, *source);
    }
    drill.expect(restored, stopped_at(marker));
    drill.expect(restored, holds_exactly_the_commits_before(marker, *source));
    drill.expect(restored, has_every_fact_of(marker, subject().database));
    drill.expect(restored, is_sound());
    drill.expect(restored, is_a_server_of_its_own(*source));
    drill.step("Switch", [&] { drill.switch_traffic(*source, restored); });
    drill.expect(restored, has_the_traffic(*source));
    drill.expect(restored, is_serving(*source));
    drill.expect_ready_application(restored, *source);
    drill.expect(restored, keeps_clients_off_the_old_server(*source));
    drill.expect(restored, has_a_clean_log());
    drill.expect_objectives_met(restored, *source, marker, injury);
  }
};

TEST_F(CorruptionSabotage, TheHealthyTwinIsGreen) {
  must_be_green("corruption", [&](Drill& drill) { tell(drill, {}); });
}

TEST_F(CorruptionSabotage, DamageThatNeverHappened) {
  Damage none = flipped_heap_page();
  none.blow = Blow::none;
  must_be_killed({.killed_by = "damage-detected", .damage = none});
}

TEST_F(CorruptionSabotage, FlippedBitInTheWalOfTheBackup) {
  must_be_killed({.killed_by = "backup-verified",
      .before_restore = [](Source& source, const BackupSet& set, const Marker&) {
        Drill::damage_backup(source, set);
      }});
}

TEST_F(CorruptionSabotage, BackupWithoutItsLabel) {
  must_be_killed({.killed_by = "backup-verified",
      .before_restore = [](Source& source, const BackupSet& set, const Marker&) {
        exec_or_throw(
            source.cluster().instance(), {.argv = {"rm", inside(source, set, "backup_label")}});
      }});
}

TEST_F(CorruptionSabotage, BackupWithAFileThatWasNotTaken) {
  must_be_killed({.killed_by = "backup-verified",
      .before_restore = [](Source& source, const BackupSet& set, const Marker&) {
        put_file(source.cluster().instance(), inside(source, set, "pg_wal/standby.signal"), "");
      }});
}

TEST_F(CorruptionSabotage, FlippedBitInATableOfTheRestoredServer) {
  must_be_killed({.killed_by = "soundness", .restored = struck_again(flipped_heap_page())});
}

TEST_F(CorruptionSabotage, FlippedBitInAnIndexOfTheRestoredServer) {
  must_be_killed({.killed_by = "soundness", .restored = struck_again(flipped_index_page())});
}

TEST_F(CorruptionSabotage, MissingFileOfTheRestoredServer) {
  must_be_killed({.killed_by = "soundness", .restored = struck_again(missing_relation_file())});
}

TEST_F(CorruptionSabotage, FlippedBitOfTheRestoredServerWithoutChecksums) {
  must_be_killed({.killed_by = "content",
      .checksums = DataChecksums::off,
      .detected_by = Watch::content,
      .restored = struck_again(flipped_heap_page())});
}

TEST_F(CorruptionSabotage, DamagedSegmentAndNoTarget) {
  must_be_killed({.killed_by = "recovery-ending",
      .before_restore =
          [](Source& source, const BackupSet&, const Marker& marker) {
            Instance& instance = source.cluster().instance();
            flip_in_the_records(instance,
                instance.path_of_volume(source.archive().volume()) + "/" + marker.last_segment);
          },
      .target = [](const Marker&) { return Latest{}; }});
}

TEST_F(CorruptionSabotage, ArchivedSegmentThatIsNotDamaged) {
  Trial::must_be_killed("corruption", "gap-named", [](Drill& drill) {
    auto source = drill.step("Start the database", [&] { return drill.start_source(); });
    auto backup = drill.step("Take a full backup", [&] { return source->take_full_backup(); });
    auto marker = drill.step("Set the marker", [&] {
      source->write(run().options.commits);
      return source->set_marker("before-damage", backup);
    });
    auto restored =
        drill.step("Restore", [&] { return drill.restore(*source, backup, to(marker)); });
    drill.expect(restored, died_in_segment(marker.last_segment));
  });
}

TEST_F(CorruptionSabotage, NewestBackupThatIsNotDamaged) {
  Trial::must_be_killed("corruption", "backup-choice", [](Drill& drill) {
    auto source = drill.step("Start the database", [&] { return drill.start_source(); });
    auto backup = drill.step("Take a full backup", [&] { return source->take_full_backup(); });
    auto marker = drill.step("Set the marker", [&] {
      source->write(run().options.commits);
      return source->set_marker("before-damage", backup);
    });
    static_cast<void>(drill.step("Restore",
        [&] { return drill.restore_newest_usable(*source, {backup}, to(marker), {backup.id}); }));
  });
}

TEST_F(CorruptionSabotage, NewerBackupsThatHoldNoDamage) {
  Trial::must_be_killed("corruption", "backup-choice", [](Drill& drill) {
    auto source =
        drill.step("Start the database", [&] { return drill.start_source(DataChecksums::off); });
    auto older = drill.step("Take a full backup", [&] { return source->take_full_backup(); });
    auto marker = drill.step("Set the marker", [&] {
      source->write(run().options.commits);
      return source->set_marker("before-damage", older);
    });
    auto newer = drill.step("Take another", [&] { return source->take_full_backup(); });
    auto injury =
        drill.step("INCIDENT", [&] { return drill.inject(*source, flipped_heap_page()); });
    static_cast<void>(drill.step("Bisect", [&] {
      return drill.restore_newest_clean(*source, {older, newer}, marker, injury, older.id);
    }));
  });
}

}  // namespace
}  // namespace pgrehearse
