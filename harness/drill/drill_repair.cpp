// The verbs of a drill that go beyond "restore to a marker": damage below SQL, its detection,
// repair in place, rows copied back, an older backup.
#include <algorithm>

#include <fmt/format.h>

#include "harness/backup/tool_cannot.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/drill/drill.hpp"

namespace pgrehearse {
namespace {

// A dump comes back as it was at its own snapshot: neither WAL nor an older set has a part in it.
void demand_replay(const Source& source, const char* of_what) {
  const BackupToolProperties& tool = source.tool().properties();
  if (!tool.point_in_time) {
    throw ToolCannot{ErrorCode::refused, fmt::format("{} replays no WAL: {}", tool.name, of_what),
        "Leave this case out with --gtest_filter, or back up with a tool that recovers to a point "
        "in time."};
  }
}

}  // namespace

Injury Drill::inject(Source& source, const Damage& damage) {
  Injury injury{.name = damage.name, .probe = {}};
  Victim victim;
  {
    Session session = source.cluster().connect(run_.subject.database);
    victim = victim_of(session, damage);
    const Row row =
        session.exec("SELECT pg_catalog.clock_timestamp(), pg_catalog.pg_current_wal_insert_lsn()")
            .front();
    injury.when = Timestamp::parse(row[0].value());
    injury.lsn = Lsn::parse(row[1].value());
  }
  source.cluster().stop();
  strike(source.cluster(), damage, victim);
  injury.at = SteadyTime::now();
  injury.victim = victim.relation;
  chronicle_.incident_at(injury.at);
  chronicle_.note({.name = "incident",
      .time = injury.when.text(),
      .clock = "server",
      .lsn = injury.lsn.text()});
  try {
    source.cluster().start();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::instance_failed && error.code() != ErrorCode::program_failed) {
      throw;
    }
    run_.progress.note("the server does not start again");
  }
  return injury;
}

void Drill::notice(const std::vector<Notice>& notices, const Injury& injury, Watch by, Here here) {
  Finding finding{.check = "damage-detected",
      .question = "is the damage noticed, and by whom?",
      .expected = fmt::format("{} notices it at {}", name_of(by), injury.victim),
      .observed = "nobody notices anything"};
  finding.verdict = Verdict::missed;
  for (const Notice& notice : notices) {
    finding.details.push_back(
        fmt::format("{}: {} {}", name_of(notice.by), notice.relation, notice.what));
    if (notice.by == by && notice.relation == injury.victim && finding.verdict != Verdict::met) {
      finding.verdict = Verdict::met;
      finding.observed = fmt::format("{} after {:.3f} s: {} {}", name_of(by),
          seconds_of(notice.at - injury.at), notice.relation, notice.what);
      chronicle_.note_now("detected");
    }
  }
  if (finding.verdict != Verdict::met && !notices.empty()) {
    finding.observed = "something else is noticed";
  }
  file(finding, here);
}

Injury Drill::damage_archive(const Source& source, const std::string& segment) {
  demand_replay(source, "a damaged segment is none of its business");
  Injury injury{.name = "archived-segment", .probe = {}, .when = Timestamp::now()};
  Instance& instance = source.cluster().instance();
  for (const std::string& copy : source.recovery_copies_of(segment)) {
    if (source.tool().properties().name == "pgbackrest") {
      flip_in_the_middle(instance, copy);
    } else {
      flip_in_the_records(instance, copy);
    }
  }
  injury.at = SteadyTime::now();
  injury.victim = segment;
  chronicle_.incident_at(injury.at);
  chronicle_.note({.name = "incident", .time = injury.when.text(), .clock = "host"});
  return injury;
}

void Drill::damage_backup(const Source& source, const BackupSet& set) {
  Instance& instance = source.cluster().instance();
  if (!source.tool().properties().uses_witness_archive) {
    flip_in_the_middle(instance,
        largest_file_of(instance, instance.path_of_volume(set.volume) + "/" + set.folder));
    return;
  }
  flip_in_the_records(instance, fmt::format("{}/{}/pg_wal/{}", instance.path_of_volume(set.volume),
                                    set.id, wal_file_name(set.timeline, set.start)));
}

Restored Drill::rebuild_index(Source& source, const Injury& injury, const Marker& marker) {
  chronicle_.begin_phase("repair");
  Session session = source.cluster().connect(run_.subject.database);
  const std::string index = session.value(fmt::format(
      "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN "
      "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'i' AND "
      "pg_catalog.current_database() || '.' || n.nspname || '.' || c.relname = {}",
      literal(injury.victim)));
  session.exec("REINDEX INDEX " + index);
  // The sentinel is the drill's own commit after the marker; on a restored server it is not there.
  session.exec(
      "DELETE FROM pgrehearse.sentinels WHERE marker = " + literal(marker.position.restore_point));
  Restored mended = live(source);
  mended.reading = marker.reading;
  return mended;
}

Surgery Drill::copy_back(
    Restored& beside, Source& source, const BackupSet& since, const Injury& injury) {
  chronicle_.begin_phase("repair");
  return pgrehearse::copy_back(beside, source, rows_deleted_by(source, since, injury.xid));
}

Restored Drill::live(Source& source) {
  chronicle_.begin_phase("verify");
  return {.cluster = source.cluster(), .target = Latest{}, .serving = true, .live = true};
}

void Drill::rebuild_caches(Caches& caches, const Source& source, Restored& restored) {
  if (!restored.serving) {
    run_.progress.note("no cache is rebuilt: the restored server does not serve");
    return;
  }
  caches.look(source, restored);
  chronicle_.begin_phase("rebuild");
  caches.rebuild(source, restored);
}

void Drill::switch_traffic(Source& source, const Restored& restored) {
  chronicle_.begin_phase("switch");
  if (!restored.serving) {
    run_.progress.note("nothing is switched: the restored server does not serve");
    return;
  }
  // The fence first: no client may write here while another already writes there.
  source.fence();
  source.send_traffic_to(restored.cluster);
  chronicle_.note_now("traffic switched");
}

Restored Drill::restore_newest_usable(const Source& source, std::vector<BackupSet> sets,
    const RecoveryTarget& target, const std::vector<std::string>& expected_unusable, Here here) {
  demand_replay(source, "no older set leads to the same target");
  std::vector<std::string> unusable;
  const auto choose = [&](const std::string& used, bool right) {
    file({.check = "backup-choice",
             .question = "which backup set is the newest that can be used?",
             .expected = fmt::format("refused: {}", joined(expected_unusable, ", ")),
             .observed = fmt::format("refused: {}; {}", joined(unusable, ", "), used),
             .verdict = right ? Verdict::met : Verdict::missed},
        here);
  };
  while (!sets.empty()) {
    const BackupSet set = sets.back();
    sets.pop_back();
    try {
      Restored restored = restore_unjudged(source, set, target);
      choose("restored from " + set.id, unusable == expected_unusable);
      return restored;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::backup_unusable) {
        throw;
      }
      unusable.push_back(set.id);
      run_.progress.note(error.message());
    }
  }
  choose("none is left", false);
  throw Error{ErrorCode::backup_unusable,
      fmt::format("no backup set can be used: {}", joined(unusable, ", ")),
      "Every candidate differs from what was written when it was taken."};
}

Restored Drill::restore_newest_clean(const Source& source, const std::vector<BackupSet>& sets,
    const Marker& marker, const Injury& injury, const std::string& expected, Here here) {
  std::optional<Restored> usable;
  std::string newest_clean = "none";
  std::vector<std::string> looked_at;
  std::size_t first = 0;
  std::size_t end = sets.size();
  while (first < end) {
    const std::size_t middle = first + (end - first) / 2;
    const BackupSet& set = sets[middle];
    const bool reaches_marker = set.end <= marker.record_start;
    Restored candidate =
        restore_unjudged(source, set, reaches_marker ? to(marker) : RecoveryTarget{Immediate{}});
    if (!candidate.serving) {
      throw Error{ErrorCode::recovery_failed,
          fmt::format("{} could not be looked at: {}", set.id, candidate.trouble)};
    }
    const std::vector<Notice> notices = look_for_damage(candidate.cluster, marker);
    const bool damaged = std::any_of(notices.begin(), notices.end(),
        [&](const Notice& notice) { return notice.relation == injury.victim; });
    looked_at.push_back(set.id + (damaged ? " holds the damage" : " does not hold the damage"));
    run_.progress.note(looked_at.back());
    if (damaged) {
      end = middle;
      continue;
    }
    first = middle + 1;
    newest_clean = set.id;
    if (reaches_marker) {
      usable = std::move(candidate);
    }
  }
  file({.check = "backup-choice",
           .question = "which backup set is the newest without the damage?",
           .expected = expected,
           .observed = newest_clean,
           .verdict = newest_clean == expected ? Verdict::met : Verdict::missed,
           .details = looked_at},
      here);
  if (!usable) {
    throw Error{ErrorCode::backup_unusable, "no backup set without the damage reaches the marker",
        "Keep sets for longer than damage can go unnoticed."};
  }
  return *usable;
}

}  // namespace pgrehearse
