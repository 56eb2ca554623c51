// Somebody got in with a stolen superuser, left ways to come back, and changed data. Since then
// nothing the cluster says or backs up can be trusted.
//
// Claim: the compromised server is cut off and kept as evidence; from the newest backup that holds
// nothing of the intruder, with WAL up to the last moment before the break-in, the database comes
// back in a room without a network; whatever was not done by the intruder before that moment is
// there, every credential and key is another one, and only then it serves. Refusal: a backup is not
// clean because it is old, and a replay past the break-in brings the intruder back from a clean
// one: the scan comes after the replay. What was given up on purpose is told apart from what was
// lost.
#include <utility>

#include "harness/gtest/scenario.hpp"
#include "harness/incident/tampering.hpp"

namespace pgrehearse {
namespace {

class SecurityBreach : public Scenario {
 protected:
  struct Prepared {
    std::unique_ptr<Vault> vault = {};
    std::unique_ptr<Source> source = {};
    BackupSet first = {};
    Marker marker = {};
    IntrusionBaseline trusted = {};
  };

  /// Backups, and the last moment at which the cluster could be trusted.
  Prepared prepare(Drill& drill, int clean_backups) {
    Prepared made;
    made.vault = drill.step("Open the vault, outside the server's reach",
        [&] { return std::make_unique<Vault>(run()); });
    made.source = drill.step("Start the database with TLS, and load the baseline", [&] {
      auto source = drill.start_source(DataChecksums::on, drill.apart());
      source->serve_tls();
      return source;
    });
    made.first = drill.step("Take a full backup, verify it and seal it into the vault", [&] {
      BackupSet first = back_up(made);
      for (int more = 1; more < clean_backups; ++more) {
        made.source->write(20);
        back_up(made);
      }
      return first;
    });
    made.marker =
        drill.step("Let clients write, then set the marker and note what is trusted", [&] {
          made.source->write(run().options.commits);
          Marker marker = made.source->set_marker("before-break-in", made.first);
          made.trusted = capture_intrusion_baseline(
              [&](const std::string& database) { return made.source->cluster().connect(database); },
              made.source->cluster().instance(),
              {subject().database + "." + subject().security_breach.table});
          return marker;
        });
    return made;
  }

  static BackupSet back_up(Prepared& made) {
    BackupSet set = made.source->take_full_backup();
    made.vault->backups().ship(made.source->cluster().instance(), set);
    return set;
  }

  /// The break-in, the backups that nobody knows to be tainted, and the alarm.
  Injury suffer(Drill& drill, Prepared& made, int tainted_backups) {
    Injury injury = drill.step("INCIDENT: an intruder leaves ways to come back, and changes data",
        [&] { return drill.break_in(*made.source, planted()); });
    drill.step("Nobody notices; clients go on, and backups are taken", [&] {
      made.source->write(20);
      for (int taken = 0; taken < tainted_backups; ++taken) {
        back_up(made);
        made.source->write(20);
      }
      made.source->archive_everything();
      made.vault->backups().ship_wal(
          made.source->cluster().instance(), made.source->archive().volume());
    });
    drill.step("A scan notices the intruder: raise the alarm", [&] {
      drill.notice_intruder(*made.source, made.trusted);
      drill.raise_alarm();
    });
    return injury;
  }

  void recover(Drill& drill, Prepared& made, const Injury& injury,
      const std::vector<std::string>& unused_backups) {
    drill.step("Cut the server off, so that it neither reaches nor is reached", [&] {
      auto sink = drill.open_sink(*made.source);
      drill.cut_off(*made.source);
      drill.note_archive(*made.source, made.first);
      drill.expect_isolated(*made.source, *sink);
    });
    auto evidence = drill.step(
        "Stop it, and preserve it as it is", [&] { return preserve(*made.source, *made.vault); });
    auto restored =
        drill.step("Restore backups in quarantine, newest first, until one shows no trace", [&] {
          return drill.restore_newest_without_intruder(
              *made.vault, made.marker, made.trusted, unused_backups);
        });
    drill.expect(restored, stopped_at(made.marker));
    drill.expect(restored, holds_exactly_the_commits_before(made.marker, *made.source));
    drill.expect(restored, has_every_fact_of(made.marker, subject().database));
    drill.expect(restored, has_current_migrations(run(), *made.source));
    drill.expect(restored, answers_the_subjects_checks(subject(), made.marker));
    drill.expect(restored, is_sound());
    drill.expect(restored, has_a_clean_log());
    drill.expect(
        restored, shows_no_trace_of_intrusion(made.trusted, {.own_settings = restored.settings}));
    const KeyRing keys_before = made.vault->keys();
    drill.step("Rotate the key of the vault", [&] { made.vault->rotate_key(); });
    drill.expect_key_rotated(*made.vault, keys_before);
    auto store_key = drill.step("Rotate the credentials of the vault's store, where it has any",
        [&] { return made.vault->rotate_store_key(); });
    drill.expect_store_key_rotated(*made.vault, store_key);
    auto tls_key = drill.step("Give the server a new TLS key, in the place of the stolen one",
        [&] { return rotate_tls_key(restored.cluster, restored.settings); });
    auto rotation = drill.step("Rotate every credential, and end the sessions of before",
        [&] { return rotate_credentials(restored.cluster); });
    drill.expect(restored, has_rotated_tls_key(made.source->tls_key(), tls_key));
    drill.expect(
        restored, has_rotated_credentials(rotation, made.trusted, made.source->credentials()));
    made.source->tell_application(rotation.credentials);
    drill.expect(restored, is_a_server_of_its_own(*made.source));
    drill.step(
        "Only now lead clients to it", [&] { drill.switch_traffic(*made.source, restored); });
    drill.expect(restored, has_the_traffic(*made.source));
    drill.expect(restored, is_serving(*made.source));
    drill.expect_ready_application(restored, *made.source);
    drill.expect(restored, keeps_clients_off_the_old_server(*made.source));
    drill.expect_objectives_met(restored, *made.source, made.marker, injury);
    drill.expect(restored, left_the_archive_alone(*made.source, drill.archive_before_restore()));
    drill.expect_untouched(evidence, *made.source, *made.vault);
  }

  /// Roles, settings, files, templates, code, triggers, grants, jobs and rows: one of each kind.
  static std::vector<std::string> planted() {
    return {"hidden-superuser", "maintenance-search-path", "program-after-recovery",
        "notes-among-the-data", "borrowed-rights", "seed-in-the-template", "at-every-write",
        "foreign-server", "open-future", "queue-of-commands", "row-taken-away"};
  }
};

TEST_F(SecurityBreach, TheNewestBackupIsFromBeforeTheBreakIn) {
  Drill drill = begin("security-breach");
  auto made = prepare(drill, 1);
  auto injury = suffer(drill, made, 0);
  recover(drill, made, injury, {});
}

TEST_F(SecurityBreach, ATaintedBackupIsPassedOver) {
  Drill drill = begin("security-breach");
  auto made = prepare(drill, 1);
  auto injury = suffer(drill, made, 1);
  recover(drill, made, injury, {"full-2"});
}

TEST_F(SecurityBreach, ThreeTaintedBackupsArePassedOver) {
  Drill drill = begin("security-breach");
  auto made = prepare(drill, 1);
  auto injury = suffer(drill, made, 3);
  recover(drill, made, injury, {"full-4", "full-3", "full-2"});
}

TEST_F(SecurityBreach, ABackupThatWasTamperedWithIsRefused) {
  Drill drill = begin("security-breach");
  auto made = prepare(drill, 2);
  auto injury = suffer(drill, made, 0);
  drill.step("INCIDENT: the intruder changes one byte of the newest backup in the vault",
      [&] { tamper_with(made.vault->as_stored(), "base/full-2.tar"); });
  recover(drill, made, injury, {"full-2"});
}

}  // namespace
}  // namespace pgrehearse
