// How a drill restores: a fresh instance, what the tool puts there, and the wait until recovery has
// ended one way or the other.
#include "harness/backup/base_backup_tool.hpp"
#include "harness/base/error.hpp"
#include "harness/drill/drill.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {

Restored Drill::restore(const Source& source, const BackupSet& set, const RecoveryTarget& target) {
  try {
    return restore_unjudged(source, set, target);
  } catch (const Error& error) {
    const bool failed =
        error.code() == ErrorCode::program_failed || error.code() == ErrorCode::timed_out;
    if (source.tool().properties().on_host && failed) {
      file({.check = "restore-completed",
               .question = "does the team's restore come to its end?",
               .expected = "backup.restore exits 0 within its deadline",
               .observed = error.message(),
               .verdict = Verdict::missed},
          {record_.file.c_str(), record_.line});
    }
    if (error.code() == ErrorCode::backup_unusable) {
      file({.check = "backup-verified",
               .question = "is the backup set what was written?",
               .expected = "every file has the digest it had when the backup was taken",
               .observed = error.message(),
               .verdict = Verdict::missed},
          {record_.file.c_str(), record_.line});
    }
    throw;
  }
}

Restored Drill::restore_unjudged(
    const Source& source, const BackupSet& set, const RecoveryTarget& target) {
  chronicle_.note_now("restore begins");
  chronicle_.begin_phase("plan");
  begin_archive_listing(source, set);
  BackupTool& tool = source.tool();
  try {
    if (!tool.properties().physical) {
      return load_set(tool, source.dump_at(target), target, source.checksums());
    }
    return restore_at({.volumes = source.volumes()}, tool, set, target);
  } catch (const Error& error) {
    note_failed_restore(error);
    throw;
  }
}

Restored Drill::restore_shipped(
    const RestorePlace& place, const BackupSet& set, const RecoveryTarget& target) {
  BaseBackupTool tool{Archive{place.volumes.archive}, place.volumes.backups, "fast"};
  try {
    return restore_at(place, tool, set, target);
  } catch (const Error& error) {
    note_failed_restore(error);
    throw;
  }
}

Restored Drill::restore_at(const RestorePlace& place, BackupTool& tool, const BackupSet& set,
    const RecoveryTarget& target) {
  chronicle_.begin_phase("provision");
  if (place.instance == nullptr) {
    // A tool with an archive of its own must do without ours.
    std::vector<VolumeMount> volumes{{place.volumes.backups, true}};
    if (tool.properties().uses_witness_archive) {
      volumes.push_back({place.volumes.archive, true});
    }
    if (!dump_volume_.empty()) {
      volumes.push_back({dump_volume_, false});
    }
    instances_.push_back(run_.engine.create({.name = run_.next_name("restored"),
        .initialised = false,
        .volumes = volumes,
        .network = place.network}));
  }
  Instance& instance = place.instance == nullptr ? *instances_.back() : *place.instance;
  Restored restored{.cluster = Cluster{instance, run_.engine.superuser_password(), place.superuser},
      .target = target};
  chronicle_.begin_phase("unpack");
  const RestoredFiles files = tool.restore(instance, set, target);
  ServerSettings settings = restored_settings(run_.subject);
  settings.insert(settings.end(), files.settings.begin(), files.settings.end());
  restored.settings = settings;
  restored.cluster.write_settings(settings);
  if (!tool.properties().uses_witness_archive) {
    file(output_finding("restore-output", files.complaints), {record_.file.c_str(), record_.line});
  }
  once_unpacked_(restored);
  settle_archive_listing();
  chronicle_.begin_phase("start");
  restored.cluster.launch();
  wait_for_recovery(restored);
  chronicle_.begin_phase("verify");
  restored.ending = recovery_ending_of(restored.cluster.log());
  restored.control = control_data_of(restored.cluster.control_data_text());
  note_requests(restored, files.served_record);
  record_recovery(restored, set.timeline);
  note_restore(restored.serving ? RestoreOutcome::worked : RestoreOutcome::failed);
  return restored;
}

void Drill::begin_archive_listing(const Source& source, const BackupSet& set) {
  archive_before_.need = {.timeline = set.timeline, .from = set.start};
  if (archive_before_.archive.record.empty() && !archive_listing_.valid()) {
    Instance& instance = *instances_.front();
    archive_listing_ = std::async(std::launch::async,
        [archive = source.archive(), &instance] { return archive.survey(instance); });
  }
}

void Drill::note_archive(const Source& source, const BackupSet& set) {
  begin_archive_listing(source, set);
  settle_archive_listing();
}

void Drill::settle_archive_listing() {
  if (archive_listing_.valid()) {
    archive_before_.archive = archive_listing_.get();
  }
}

void Drill::note_requests(Restored& restored, const std::string& served_record) {
  if (served_record.empty()) {
    restored.requests_from_log = true;
    for (const std::string& name : restored.ending.restored_files) {
      restored.requests.push_back({.asked = name, .outcome = "served", .sha256 = {}});
    }
    return;
  }
  try {
    restored.requests = requests_in(get_file(restored.cluster.instance(), served_record));
  } catch (const Error&) {
    restored.requests.clear();  // recovery asked for nothing
  }
}

Restored Drill::load_set(
    BackupTool& tool, const BackupSet& set, const RecoveryTarget& target, DataChecksums checksums) {
  chronicle_.begin_phase("provision");
  std::vector<VolumeMount> volumes{{set.volume, true}};
  if (!dump_volume_.empty() && dump_volume_ != set.volume) {
    volumes.push_back({dump_volume_, false});
  }
  instances_.push_back(run_.engine.create(
      {.name = run_.next_name("restored"), .initialised = true, .volumes = volumes}));
  Restored restored{.cluster = Cluster{*instances_.back(), run_.engine.superuser_password()},
      .target = target,
      .loaded = true};
  ServerSettings settings = restored_settings(run_.subject);
  settings.emplace_back("archive_mode", "off");
  restored.cluster.write_settings(settings);
  give_checksums(restored.cluster, checksums);
  settle_archive_listing();
  chronicle_.begin_phase("start");
  restored.cluster.start();
  chronicle_.note_now("accepts connections");
  chronicle_.begin_phase("unpack");
  file(output_finding("restore-output", tool.load(restored.cluster, set)),
      {record_.file.c_str(), record_.line});
  restored.serving = true;
  chronicle_.begin_phase("verify");
  record_.recovery = RecoveryRecord{.target = "the snapshot of " + set.id,
      .ending = "loaded",
      .timeline_before = static_cast<std::int64_t>(set.timeline),
      .timeline_after = 1};
  note_restore(RestoreOutcome::worked);
  return restored;
}

void Drill::record_recovery(const Restored& restored, TimelineId before) {
  RecoveryRecord recovery{
      .target = text_of(restored.target), .ending = std::string{name_of(restored.ending.outcome)}};
  recovery.stopped_at = restored.ending.redo_done ? restored.ending.redo_done->text() : "";
  recovery.timeline_before = static_cast<std::int64_t>(before);
  recovery.timeline_after =
      static_cast<std::int64_t>(restored.ending.new_timeline.value_or(TimelineId{0}));
  for (const SegmentRequest& request : restored.requests) {
    if (request.outcome == "served") {
      ++recovery.segments_served;
      recovery.last_segment = request.asked;
    }
  }
  record_.recovery = recovery;
}

void Drill::wait_for_recovery(Restored& restored) {
  bool replaying = false;
  SteadyTime next_look = SteadyTime::now() + Milliseconds{300};
  const auto still_alive = [&] {
    if (SteadyTime::now() < next_look) {
      return true;
    }
    next_look = SteadyTime::now() + Milliseconds{300};
    return !restored.cluster.has_died();
  };
  try {
    wait_until(
        "recovery to end", run_.options.recovery_deadline,
        [&]() -> std::optional<std::string> {
          try {
            Session session = restored.cluster.connect();
            if (!replaying) {
              replaying = true;
              chronicle_.note_now("accepts connections");
              chronicle_.begin_phase("replay");
            }
            if (session.value("SELECT pg_is_in_recovery()") == "f") {
              return std::nullopt;
            }
            return "still replaying";
          } catch (const Error& error) {
            if (!still_alive()) {
              throw Error{ErrorCode::recovery_failed, "the server died before recovery ended"};
            }
            return error.message();
          }
        },
        Milliseconds{10});
    restored.serving = true;
    chronicle_.note_now("recovery ended");
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) {
      throw;
    }
    restored.trouble = error.message();
    run_.progress.note(restored.trouble);
  }
}

}  // namespace pgrehearse
