// The verbs of a drill of the team's own backup: find it, and restore it where nothing leads out.
#include <fmt/format.h>

#include "harness/backup/backup_scripts.hpp"
#include "harness/backup/base_backup.hpp"
#include "harness/backup/dump_client.hpp"
#include "harness/backup/dump_origin.hpp"
#include "harness/backup/dump_script.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/drill/drill.hpp"
#include "harness/drill/foreign_cluster.hpp"
#include "harness/drill/high_water_mark.hpp"
#include "harness/drill/objectives.hpp"
#include "harness/drill/reaching_out.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds hours_at_most = std::chrono::hours{4};

std::vector<std::string> load_dump(const Cluster& cluster, ArtifactFormat format,
    const std::string& file, const Subject& subject) {
  if (format == ArtifactFormat::plain_dump) {
    return load_any_script(cluster, file, subject.database);
  }
  std::vector<std::string> argv{"pg_restore", "--exit-on-error", "--create", "--dbname=postgres"};
  if (!subject.artifact->owners) {
    argv.insert(argv.end(), {"--no-owner", "--no-acl"});
  }
  argv.push_back(file);
  const Completed loaded = cluster.instance().exec(dump_client(cluster, argv));
  demand_success(loaded, "pg_restore");
  return complaints_in("pg_restore", loaded.err);
}

// The superuser is the restored cluster's own, as is its password.
std::string without_superuser(const std::string& globals) {
  std::string text;
  for (const std::string& line : lines_of(globals)) {
    text += line.starts_with("ALTER ROLE postgres ") ? "" : line + "\n";
  }
  return text;
}

// A role that the dump names and nobody has made: the most common reason, and the dump cannot help.
bool lacks_a_role(const Cluster& cluster) {
  const std::string log = cluster.log();
  return log.find("ERROR:  role \"") != std::string::npos &&
         log.find("\" does not exist") != std::string::npos;
}

// An older server may load it all the same, so nothing is refused for it: a load that failed is
// explained by it.
void blame_a_newer_postgres(const OpenedArtifact& dump, const std::string& server) {
  const std::optional<DumpOrigin> origin = dump_origin_of(dump.path, dump.format);
  if (origin && is_newer(*origin, server)) {
    throw Error{ErrorCode::backup_unusable,
        fmt::format("the dump is of Postgres {}, made by pg_dump {}, and the server here is {}",
            origin->server, origin->program, server),
        "An older Postgres reads the dumps of a newer one by luck at best: name the image or the "
        "programs of the version that you would restore into."};
  }
}

}  // namespace

std::unique_ptr<OwnBackup> Drill::find_own_backup(Here here) {
  Finding finding{.check = "backup-found",
      .question = "is there a backup, and can it be opened?",
      .expected = fmt::format("{} of {}, a dump or a base backup", run_.subject.artifact->choose,
          run_.subject.artifact->path.filename().string()),
      .verdict = Verdict::missed};
  chronicle_.incident_at(SteadyTime::now());
  chronicle_.note_now("backup needed");
  chronicle_.begin_phase("fetch");
  raise_alarm();
  try {
    auto backup = std::make_unique<OwnBackup>(run_);
    record_.backup = backup->described();
    finding.observed = backup->described();
    finding.verdict = Verdict::met;
    file(finding, here);
    return backup;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::backup_unusable && error.code() != ErrorCode::io) {
      throw;
    }
    finding.observed = error.message();
    file(finding, here);
    throw;
  }
}

Restored Drill::restore(OwnBackup& backup, Here here) {
  if (!run_.engine.properties().quarantines) {
    throw Error{ErrorCode::refused, "this engine cannot keep a restored server from reaching out",
        "What the team's database knows of other systems it would try there. Use a container "
        "engine, or run as root."};
  }
  chronicle_.note_now("restore begins");
  chronicle_.begin_phase("provision");
  try {
    Restored restored = backup.is_dump() ? load(backup) : recover(backup);
    note_what_reaches_out(restored);
    return restored;
  } catch (const Error& error) {
    note_failed_restore(error);
    if (error.code() == ErrorCode::program_failed || error.code() == ErrorCode::backup_unusable ||
        error.code() == ErrorCode::archive_gap) {
      file({.check = "restore-completed",
               .question = "does the restore come to its end?",
               .expected = "everything in the backup is restored",
               .observed = error.message(),
               .verdict = Verdict::missed,
               .details = {error.hint()}},
          here);
    }
    throw;
  }
}

// Said also when there is nothing: then somebody has looked.
void Drill::note_what_reaches_out(const Restored& restored) {
  if (!restored.serving) {
    return;
  }
  std::vector<std::string> names = reaching_settings(settings_left_out_);
  try {
    for (std::string& name : reaching_objects(restored.cluster)) {
      names.push_back(std::move(name));
    }
  } catch (const Error& error) {
    record_.warnings.emplace_back(
        fmt::format("what would reach out is not known: {}", name_of(error.code())));
    return;
  }
  record_.facts["would reach out"] = names.empty() ? "nothing found" : joined(names, "; ");
}

Restored Drill::load(OwnBackup& backup) {
  instances_.push_back(run_.engine.create(
      {.name = run_.next_name("restored"), .initialised = true, .quarantined = true}));
  Instance& instance = *instances_.back();
  Restored restored{.cluster = Cluster{instance, run_.engine.superuser_password()},
      .target = Immediate{},
      .loaded = true};
  ServerSettings settings = restored_settings(run_.subject);
  settings.emplace_back("archive_mode", "off");
  restored.cluster.write_settings(settings);
  restored.cluster.start();
  chronicle_.begin_phase("unpack");
  const std::string folder = instance.path_of(Place::scratch) + "/own-backup";
  backup.bring_dump(instance, folder);
  std::vector<std::string> complaints;
  try {
    if (!backup.globals().empty()) {
      complaints = load_globals(restored.cluster, without_superuser(read_file(backup.globals())));
    }
    for (std::string& complaint :
        load_dump(restored.cluster, backup.opened().format, folder + "/database", run_.subject)) {
      complaints.push_back(std::move(complaint));
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::program_failed && lacks_a_role(restored.cluster)) {
      throw Error{ErrorCode::backup_unusable, "the dump needs a role that no restored cluster has",
          "A dump holds no roles. Back them up with pg_dumpall --globals-only and name the file in "
          "'artifact.globals', or say 'owners: ignore'."};
    }
    if (error.code() == ErrorCode::program_failed) {
      blame_a_newer_postgres(backup.opened(), run_.engine.properties().server_version);
    }
    throw;
  }
  file(output_finding("restore-output", complaints), {record_.file.c_str(), record_.line});
  exec_or_throw(instance, {.argv = {"rm", "-rf", folder}, .deadline = hours_at_most});
  restored.cluster.connect(run_.subject.database).exec("ANALYZE");
  restored.serving = true;
  chronicle_.begin_phase("verify");
  record_.recovery = RecoveryRecord{.target = "what the dump holds", .ending = "loaded"};
  note_restore(RestoreOutcome::worked);
  return restored;
}

Restored Drill::recover(OwnBackup& backup) {
  RestorePlace place = prepare_place({}, true);
  place.superuser = run_.subject.artifact->superuser;
  chronicle_.begin_phase("fetch");
  own_replica_ = backup.bring_cluster(place, run_.engine.properties().server_version);
  if (!own_replica_->last_segment.empty()) {
    record_.high_water_mark = high_water_mark_of(*own_replica_);
  }
  const BackupSet& set = own_replica_->set;
  std::optional<BackupVerification> verification = backup.verification();
  if (!verification && set.end > set.start) {  // it has a manifest
    verification = verify_base_backup(*place.instance, set,
        own_replica_->last_segment.empty() ? WalOfSet::inside : WalOfSet::maybe_archived);
  }
  if (verification) {
    const BackupVerification& verified = *verification;
    file({.check = "backup-verified",
             .question = "is the backup what was written?",
             .expected = verified.by,
             .observed = verified.usable ? "it is" : verified.problem,
             .verdict = verified.usable ? Verdict::met : Verdict::missed},
        {record_.file.c_str(), record_.line});
  } else {
    record_.warnings.emplace_back(
        "the backup has no manifest: what its files were when it was taken is not known");
  }
  once_unpacked_ = [this](Restored& unpacked) {
    settings_left_out_ = adopt_foreign_cluster(unpacked);
    if (!settings_left_out_.empty()) {
      record_.facts["settings left out"] = joined(settings_left_out_, ", ");
    }
  };
  Restored restored = restore_shipped(place, set, run_.subject.artifact->target);
  if (restored.control && restored.control->checksum_version == 0) {
    record_.warnings.emplace_back(
        "the server that was backed up has no data checksums: it backs up a broken page as it is "
        "(pg_checksums --enable)");
  }
  if (const auto& last = restored.ending.last_completed_transaction) {
    backup.know_moment({*last, "the last transaction that was replayed, by the log"});
  }
  return restored;
}

void Drill::expect_own_objectives_met(Restored& restored, const OwnBackup& backup, Here here) {
  const std::chrono::nanoseconds recovery_time = chronicle_.stop();
  ObjectiveRecord rpo{.name = "rpo"};
  rpo.realized = {
      .value = seconds_of(Timestamp::now() - backup.moment().when) - seconds_of(recovery_time),
      .unit = "s",
      .source = "age of the data when the backup was needed, by " + backup.moment().source};
  record_.objectives.push_back(rpo);
  for (const Finding& finding : judge_objectives(record_, run_.subject, restored, recovery_time)) {
    file(finding, here);
  }
}

}  // namespace pgrehearse
