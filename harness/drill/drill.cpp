#include "harness/drill/drill.hpp"

#include <fmt/format.h>

#include "harness/backup/base_backup_tool.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/check/log_scrub.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/drill/objectives.hpp"
#include "harness/drill/questions.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {

std::string Run::next_name(const std::string& kind) {
  return fmt::format("{}-{}", kind, ++names_given);
}

Drill::Drill(Run& run, DrillRecord& record, std::string scenario, FindingSink sink)
    : run_(run), record_(record), sink_(std::move(sink)), chronicle_(record) {
  record_.scenario = std::move(scenario);
  record_.subject = run.subject.name;
  record_.begin = Timestamp::now().text();
  record_.facts["scale"] = fmt::format("{}", run.subject.scale);
  record_.facts["seed"] = fmt::format("{}", run.subject.seed_number);
  run_.progress.drill_begins(record_.scenario, record_.test);
  run_.changed();
}

Drill::~Drill() {
  collect_logs();
  try {
    if (run_.options.keep && !instances_.empty()) {
      keep_last_instance();
    }
    instances_.clear();
    record_.end = Timestamp::now().text();
    record_.seconds = seconds_of(SteadyTime::now() - begin_);
    run_.changed();
  } catch (const std::exception&) {
    // The reports could not be written: what is on disk says "not finished", and the run ends red.
    record_.status = "crashed";
  }
}

// The password goes into a file that only this account can read, and that is removed with the run.
void Drill::keep_last_instance() {
  run_.engine.keep();
  const Endpoint endpoint = instances_.back()->endpoint();
  const std::filesystem::path password_file = run_.journal.folder() / "pgpass";
  write_file(password_file,
      fmt::format("{}:{}:*:postgres:{}\n", endpoint.host, endpoint.port,
          run_.engine.superuser_password().reveal()),
      0600);
  run_.progress.note(fmt::format("kept: PGPASSFILE={} psql -h {} -p {} -U postgres {}",
      password_file.string(), endpoint.host, endpoint.port, run_.subject.database));
  run_.progress.note(
      fmt::format("remove it with: pgrehearse sweep --run {}", run_.journal.run_id()));
}

std::size_t Drill::begin_step(const std::string& title) {
  throw_if_interrupted();
  run_.progress.step_begins(title);
  step_begin_ = SteadyTime::now();
  record_.steps.push_back(
      {.title = title, .begin = Timestamp::now().text(), .seconds = 0, .outcome = "under way"});
  run_.changed();
  return record_.steps.size() - 1;
}

void Drill::end_step(std::size_t number) {
  StepRecord& step = record_.steps.at(number);
  const auto took = SteadyTime::now() - step_begin_;
  step.seconds = seconds_of(took);
  step.outcome = "done";
  run_.progress.step_ends(step.title, took, false);
  run_.changed();
}

void Drill::fail_step(std::size_t number, const std::exception& error, Here here) {
  StepRecord& step = record_.steps.at(number);
  const auto took = SteadyTime::now() - step_begin_;
  const auto* known = dynamic_cast<const Error*>(&error);
  step.seconds = seconds_of(took);
  step.outcome = "failed";
  step.error = known != nullptr
                   ? fmt::format("{}{}{}: {}", known->place(), known->place().empty() ? "" : ": ",
                         name_of(known->code()), known->message())
                   : std::string{"an exception of a library"};
  record_.error = step.error;
  record_.error_line = here.line;
  if (known != nullptr && known->code() == ErrorCode::interrupted) {
    record_.status = "interrupted";
  }
  run_.progress.step_ends(step.title, took, true);
  run_.progress.note(step.error);
  if (known != nullptr && !known->hint().empty()) {
    run_.progress.note("HINT: " + known->hint());
  }
  run_.changed();
}

std::unique_ptr<Source> Drill::start_source(DataChecksums checksums, const SourcePlace& place) {
  const std::string name = run_.next_name("source");
  const DrillVolumes volumes{name + "-archive", name + "-backups"};
  run_.engine.create_volume(volumes.archive);
  run_.engine.create_volume(volumes.backups);
  instances_.push_back(run_.engine.create({.name = name,
      .initialised = true,
      .volumes = {{volumes.archive, false}, {volumes.backups, false}},
      .network = place.network}));
  return std::make_unique<Source>(run_, record_, *instances_.back(), volumes, checksums,
      place.settings, [this](const Finding& finding) {
        file(finding, {record_.file.c_str(), record_.line});
      });
}

Injury Drill::inject(Source& source, const Incident& incident, Here here) {
  Session session = source.cluster().connect(run_.subject.database);
  const Injury injury = pgrehearse::inject(session, incident);
  chronicle_.incident_at(injury.at);
  chronicle_.note({.name = "incident",
      .time = injury.when.text(),
      .clock = "server",
      .lsn = injury.lsn.text()});
  file({.check = "incident-happened",
           .question = "can the loss be seen on the source?",
           .expected = "the probe's answer changed by " + incident.title,
           .observed = injury.visible() ? "it changed" : "it did not change",
           .verdict = injury.visible() ? Verdict::met : Verdict::missed},
      here);
  return injury;
}

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
  if (archive_before_.empty()) {
    archive_before_ = source.archive().listing(*instances_.front());
  }
  BackupTool& tool = source.tool();
  try {
    if (!tool.properties().physical) {
      return load_unjudged(source, source.dump_at(target), target);
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
    instances_.push_back(run_.engine.create({.name = run_.next_name("restored"),
        .initialised = false,
        .volumes = volumes,
        .network = place.network}));
  }
  Instance& instance = place.instance == nullptr ? *instances_.back() : *place.instance;
  Restored restored{
      .cluster = Cluster{instance, run_.engine.superuser_password()}, .target = target};
  chronicle_.begin_phase("unpack");
  const RestoredFiles files = tool.restore(instance, set, target);
  ServerSettings settings = server_settings(run_.subject);
  settings.insert(settings.end(), files.settings.begin(), files.settings.end());
  restored.settings = settings;
  restored.cluster.write_settings(settings);
  if (!tool.properties().uses_witness_archive) {
    file(output_finding("restore-output", files.complaints), {record_.file.c_str(), record_.line});
  }
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

Restored Drill::load_unjudged(
    const Source& source, const BackupSet& set, const RecoveryTarget& target) {
  chronicle_.begin_phase("provision");
  instances_.push_back(run_.engine.create({.name = run_.next_name("restored"),
      .initialised = true,
      .volumes = {{source.volumes().backups, true}}}));
  Restored restored{.cluster = Cluster{*instances_.back(), run_.engine.superuser_password()},
      .target = target,
      .loaded = true};
  ServerSettings settings = server_settings(run_.subject);
  settings.emplace_back("archive_mode", "off");
  restored.cluster.write_settings(settings);
  chronicle_.begin_phase("start");
  restored.cluster.start();
  chronicle_.note_now("accepts connections");
  chronicle_.begin_phase("unpack");
  file(output_finding("restore-output", source.tool().load(restored.cluster, set)),
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
    return restored.cluster.is_running();
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

void Drill::file(const Finding& finding, Here here) {
  record_.findings.push_back(finding);
  record_.finding_lines.push_back(here.line);
  if (finding.verdict != Verdict::met) {
    run_.progress.note(
        fmt::format("{} {}: {}", finding.check, name_of(finding.verdict), finding.observed));
  }
  if (sink_) {
    sink_(finding, here);
  }
}

void Drill::expect(Restored& restored, const Question& question, Here here) {
  const std::size_t number = begin_step("Ask: " + question.sentence);
  chronicle_.begin_phase(question.phase);
  try {
    const std::vector<Finding> findings = answers_to(question, restored);
    for (const Finding& finding : findings) {
      file(finding, here);
    }
    end_step(number);
  } catch (const std::exception& error) {
    fail_step(number, error, here);
    throw;
  }
}

void Drill::expect_ready_application(Restored& restored, Source& source, Here here) {
  if (run_.subject.application) {
    expect(restored, has_a_ready_application(run_, source), here);
  }
}

void Drill::expect_objectives_met(
    Restored& restored, Source& source, const Marker& marker, const Injury& injury, Here here) {
  chronicle_.begin_phase("switch");
  const std::chrono::nanoseconds recovery_time = chronicle_.stop();
  if (restored.service_back) {
    chronicle_.note_now("service back");
  }
  measure_loss(record_, restored, source, marker, injury, run_.subject.database);
  for (const Finding& finding : judge_objectives(record_, run_.subject, restored, recovery_time)) {
    file(finding, here);
  }
}

void Drill::collect_logs() noexcept {
  for (const std::unique_ptr<Instance>& instance : instances_) {
    try {
      const RemovalScope uninterrupted;
      Cluster cluster{*instance, Secret{}};
      const std::string log = scrubbed_log(cluster.log());
      const std::string name = instance->name() + ".server.log";
      write_file(run_.artifacts / name, log);
      record_.evidence.push_back({name, sha256_hex(log), static_cast<std::int64_t>(log.size())});
    } catch (const std::exception&) {
      try {
        record_.warnings.push_back(
            "the server log of " + instance->name() + " could not be collected");
      } catch (const std::exception&) {
        // out of memory while giving up: nothing more can be said
      }
    }
  }
}

}  // namespace pgrehearse
