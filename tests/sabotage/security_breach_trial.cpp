#include "tests/sabotage/security_breach_trial.hpp"

namespace pgrehearse {

Restored newest_clean(Drill& drill, Breach& breach) {
  return drill.restore_newest_without_intruder(
      breach.vault, breach.marker, breach.trusted, breach.expected_unused);
}

TlsKey give_new_tls_key(Restored& restored, Breach&) {
  return rotate_tls_key(restored.cluster, restored.settings);
}

void SecurityBreachSabotage::must_be_killed(const BrokenBreach& broken) {
  Trial::must_be_killed(
      "security-breach", broken.killed_by, [&](Drill& drill) { tell(drill, broken); });
}

void SecurityBreachSabotage::must_be_green(const BrokenBreach& nothing) {
  Trial::must_be_green("security-breach", [&](Drill& drill) { tell(drill, nothing); });
}

void SecurityBreachSabotage::tell(Drill& drill, const BrokenBreach& broken) {
  Breach breach{.vault = Vault{run()}, .expected_unused = broken.expected_unused};
  auto injury =
      drill.step("Prepare, and suffer the break-in", [&] { return suffer(drill, breach, broken); });
  auto evidence = drill.step("Cut the server off, and preserve it", [&] {
    auto sink = drill.open_sink(*breach.source);
    broken.cut_off(drill, *breach.source);
    drill.expect_isolated(*breach.source, *sink);
    drill.note_archive(*breach.source, breach.clean);
    return preserve(*breach.source, breach.vault);
  });
  broken.preserved(breach);
  auto restored = drill.step("Restore", [&] { return broken.restore(drill, breach); });
  broken.restored(restored, breach);
  drill.expect(restored, stopped_at(breach.marker));
  drill.expect(restored, holds_exactly_the_commits_before(breach.marker, *breach.source));
  drill.expect(restored, has_every_fact_of(breach.marker, subject().database));
  drill.expect(
      restored, shows_no_trace_of_intrusion(breach.trusted, {.own_settings = restored.settings}));
  const KeyRing keys_before = breach.vault.keys();
  TlsKey tls_key;
  auto rotation = drill.step("Rotate", [&] {
    broken.rotate_key(breach.vault);
    tls_key = broken.rotate_tls(restored, breach);
    return rotate_credentials(restored.cluster);
  });
  drill.expect_key_rotated(breach.vault, keys_before);
  drill.expect(restored, has_rotated_tls_key(breach.source->tls_key(), tls_key));
  broken.rotated(restored, breach);
  drill.expect(
      restored, has_rotated_credentials(rotation, breach.trusted, breach.source->credentials()));
  breach.source->tell_application(rotation.credentials);
  drill.step("Switch", [&] { drill.switch_traffic(*breach.source, restored); });
  drill.expect(restored, is_serving(*breach.source));
  drill.expect_objectives_met(restored, *breach.source, breach.marker, injury);
  drill.expect(restored, left_the_archive_alone(*breach.source, drill.archive_before_restore()));
  drill.expect_untouched(evidence, *breach.source, breach.vault);
}

Injury SecurityBreachSabotage::suffer(Drill& drill, Breach& breach, const BrokenBreach& broken) {
  breach.source = drill.start_source(DataChecksums::on, drill.apart());
  breach.source->serve_tls();
  back_up(breach);
  breach.clean = back_up(breach);
  breach.newest = breach.clean;
  breach.source->write(run().options.commits);
  breach.marker = breach.source->set_marker("before-break-in", breach.clean);
  breach.trusted = capture_intrusion_baseline(
      [&](const std::string& database) { return breach.source->cluster().connect(database); },
      breach.source->cluster().instance(),
      {subject().database + "." + subject().security_breach.table});
  Injury injury = drill.break_in(*breach.source, broken.tricks);
  breach.source->write(20);
  for (int taken = 0; taken < broken.tainted_backups; ++taken) {
    breach.newest = back_up(breach);
  }
  breach.source->archive_everything();
  breach.vault.backups().ship_wal(
      breach.source->cluster().instance(), breach.source->archive().volume());
  drill.notice_intruder(*breach.source, breach.trusted);
  drill.raise_alarm();
  return injury;
}

BackupSet SecurityBreachSabotage::back_up(Breach& breach) {
  BackupSet set = breach.source->take_full_backup();
  breach.vault.backups().ship(breach.source->cluster().instance(), set);
  return set;
}

}  // namespace pgrehearse
