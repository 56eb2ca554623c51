#include "tests/sabotage/corruption_trial.hpp"

#include <memory>
#include <utility>

#include <fmt/format.h>

namespace pgrehearse {
namespace {

using SourcePointer = std::unique_ptr<Source>;

SourcePointer start(Drill& drill, DataChecksums checksums = DataChecksums::on) {
  return drill.step("Start the database", [&] { return drill.start_source(checksums); });
}

BackupSet back_up(Drill& drill, Source& source) {
  return drill.step("Take a full backup", [&] { return source.take_full_backup(); });
}

Marker mark(Drill& drill, Source& source, const std::string& label, const BackupSet& since) {
  return drill.step("Set the marker", [&] {
    source.write(drill.run().options.commits);
    return source.set_marker(label, since);
  });
}

Injury hit(Drill& drill, Source& source, const Damage& damage) {
  return drill.step("INCIDENT", [&] { return drill.inject(source, damage); });
}

void notice(
    Drill& drill, const Source& source, const Marker& marker, const Injury& injury, Watch by) {
  drill.step("Raise the alarm", [&] {
    drill.notice(look_for_damage(source.cluster(), marker), injury, by);
    drill.raise_alarm();
  });
}

void ask_about_data(Drill& drill, Restored& restored, Source& source, const Marker& marker) {
  drill.expect(restored, holds_exactly_the_commits_before(marker, source));
  drill.expect(restored, has_every_fact_of(marker, source.subject().database));
  drill.expect(restored, is_sound());
}

void ask_everything(
    Drill& drill, Restored& restored, Source& source, const Marker& marker, const Injury& injury) {
  drill.expect(restored, stopped_at(marker));
  ask_about_data(drill, restored, source, marker);
  drill.expect(restored, is_a_server_of_its_own(source));
  drill.step("Switch", [&] { drill.switch_traffic(source, restored); });
  drill.expect(restored, has_the_traffic(source));
  drill.expect(restored, is_serving(source));
  drill.expect_ready_application(restored, source);
  drill.expect(restored, keeps_clients_off_the_old_server(source));
  drill.expect(restored, has_a_clean_log());
  drill.expect_objectives_met(restored, source, marker, injury);
}

std::string quoted_index(Session& session, const std::string& victim) {
  return session.value(fmt::format(
      "SELECT c.oid::regclass::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
      "ON n.oid = c.relnamespace WHERE c.relkind = 'i' AND pg_catalog.current_database() || '.' || "
      "n.nspname || '.' || c.relname = {}",
      literal(victim)));
}

}  // namespace

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

std::string inside(const Source& source, const BackupSet& set, const std::string& file) {
  demand_plain_sets(source);
  return source.cluster().instance().path_of_volume(set.volume) + "/" + set.id + "/" + file;
}

void CorruptionSabotage::tell(Drill& drill, const BrokenRecovery& broken) {
  const SourcePointer source = start(drill, broken.checksums);
  const BackupSet backup = back_up(drill, *source);
  broken.before_marker(drill, *source);
  const Marker marker = mark(drill, *source, "before-damage", backup);
  const Injury injury = hit(drill, *source, broken.damage);
  notice(drill, *source, marker, injury, broken.detected_by);
  Restored restored =
      drill.step("Restore", [&] { return broken.restore(drill, *source, backup, marker); });
  if (restored.serving) {
    broken.restored(restored, *source);
  }
  ask_everything(drill, restored, *source, marker, injury);
}

void CorruptionSabotage::tell(Drill& drill, const BrokenRepair& broken) {
  const SourcePointer source = start(drill);
  const BackupSet backup = back_up(drill, *source);
  const Marker marker = mark(drill, *source, "before-damage", backup);
  const Injury injury = hit(drill, *source, broken.damage);
  notice(drill, *source, marker, injury, Watch::amcheck);
  Restored repaired = drill.step("Rebuild", [&] {
    drill.note_archive(*source, backup);
    return broken.rebuild(drill, *source, injury, marker);
  });
  {
    Session session = source->cluster().connect(subject().database);
    broken.rebuilt(session, quoted_index(session, injury.victim));
  }
  ask_about_data(drill, repaired, *source, marker);
  drill.expect(repaired, is_serving(*source));
  drill.expect_ready_application(repaired, *source);
  drill.expect(repaired, left_the_archive_alone(*source, drill.archive_before_restore()));
  drill.expect_objectives_met(repaired, *source, marker, injury);
}

void CorruptionSabotage::tell(Drill& drill, const BrokenChoice& broken) {
  const SourcePointer source = start(drill);
  const BackupSet older = back_up(drill, *source);
  source->write(20);
  const BackupSet newest = back_up(drill, *source);
  const Marker marker = mark(drill, *source, "before-damage", older);
  const Injury injury = hit(drill, *source, flipped_heap_page());
  broken.damage_backups(*source, older, newest);
  notice(drill, *source, marker, injury, Watch::amcheck);
  Restored restored = drill.step("Restore the newest that can be used", [&] {
    return drill.restore_newest_usable(
        *source, {older, newest}, broken.target(marker), {newest.id});
  });
  ask_everything(drill, restored, *source, marker, injury);
}

void CorruptionSabotage::tell(Drill& drill, const BrokenBisection& broken) {
  const SourcePointer source = start(drill, DataChecksums::off);
  std::vector<BackupSet> backups{back_up(drill, *source)};
  source->write(20);
  backups.push_back(back_up(drill, *source));
  source->write(run().options.commits);
  // Last of all: it may restart the server, and without a pooler that ends the writers' sessions.
  broken.before_marker(drill, *source);
  const Marker marker = drill.step(
      "Set the marker", [&] { return source->set_marker("before-damage", backups.front()); });
  const Injury injury = hit(drill, *source, broken.damage);
  backups.push_back(back_up(drill, *source));
  backups.push_back(back_up(drill, *source));
  notice(drill, *source, marker, injury, Watch::content);
  Restored restored =
      drill.step("Bisect", [&] { return broken.restore(drill, *source, backups, marker, injury); });
  ask_everything(drill, restored, *source, marker, injury);
}

void CorruptionSabotage::tell(Drill& drill, const BrokenReplacement& broken) {
  const SourcePointer source = start(drill);
  demand_replay(*source);
  const BackupSet old = back_up(drill, *source);
  const Marker marker = mark(drill, *source, "before-damage", old);
  auto archived = source->archived_files();
  const Injury injury =
      drill.step("INCIDENT", [&] { return broken.damage(drill, *source, marker); });
  if (broken.noted_after_the_damage) {
    archived = source->archived_files();
  }
  drill.step("Raise the alarm", [&] {
    drill.notice(changes_in(archived, source->archived_files()), injury, Watch::archive);
    drill.raise_alarm();
  });
  Restored stuck =
      drill.step("Try the old chain", [&] { return drill.restore(*source, old, to(marker)); });
  drill.expect(stuck, died_in_segment(marker.last_segment));
  const BackupSet fresh = back_up(drill, *source);
  broken.fresh_taken(*source, fresh);
  const Marker newer = mark(drill, *source, "after-new-backup", fresh);
  Restored restored =
      drill.step("Restore", [&] { return broken.restore(drill, *source, old, fresh, newer); });
  ask_everything(drill, restored, *source, newer, injury);
}

}  // namespace pgrehearse
