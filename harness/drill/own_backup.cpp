#include "harness/drill/own_backup.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/backup/base_backup.hpp"
#include "harness/backup/wal_folder.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/drill/archived_wal.hpp"
#include "harness/drill/artifact_store.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr Milliseconds hours_at_most = std::chrono::hours{4};

std::optional<Program> decryption(const Subject& subject) {
  const std::optional<Command>& command = subject.artifact->decrypt;
  return command ? std::optional{Program{.argv = command->argv, .cwd = subject.folder}}
                 : std::nullopt;
}

// Everything in `folder`, as a stream that a tar inside unpacks: whoever owns it here.
void bring(const fs::path& folder, const std::string& what, Instance& instance,
    const std::string& to, const fs::path& spool) {
  const fs::path packed = spool / "on-its-way.tar";
  run_or_throw({.argv = {"tar", "--create", "--file", packed, "--directory", folder, what},
      .deadline = hours_at_most});
  exec_or_throw(instance, {.argv = {"mkdir", "-p", "-m", "0700", to}});
  exec_or_throw(instance, {.argv = {"tar", "-x", "-f", "-", "-C", to, "--no-same-owner"},
                              .input_file = packed,
                              .deadline = hours_at_most});
  fs::remove(packed);
}

}  // namespace

OwnBackup::OwnBackup(Run& run)
    : run_(run), work_(run.journal.folder() / run.next_name("own-backup")) {
  const ArtifactSpec& spec = *run.subject.artifact;
  if (!spec.baseline.empty()) {
    baseline_ = baseline_from_json(read_file(spec.baseline));
  }
  make_private_directory(work_);
  try {
    repository_ = own_repository(spec, work_);
    if (repository_) {
      choose_set();
    } else if (is_s3_location(spec.path.string())) {
      choose_stored();
    } else {
      choose_file();
    }
    fetch_globals();
  } catch (...) {
    fs::remove_all(work_);
    throw;
  }
}

// What is chosen is fetched and restored or the drill is red, here as well.
void OwnBackup::choose_stored() {
  const ArtifactSpec& spec = *run_.subject.artifact;
  const std::vector<Artifact> artifacts = stored_artifacts(spec);
  candidates_ = artifacts.size();
  artifact_ = chosen_of(artifacts, spec.choose, run_.subject.seed_number);
  moment_ = {artifact_.modified, "the time at which it was put into the bucket"};
  run_.progress.note(fmt::format(
      "fetching {}, {} bytes, from {}", artifact_.name, artifact_.bytes, spec.path.string()));
  const fs::path folder = work_ / "fetched";
  make_private_directory(folder);
  artifact_.path = fetched(spec, artifact_, folder);
  opened_ = open_artifact(artifact_, decryption(run_.subject), work_);
  if (!opened_.wrappings.empty()) {
    fs::remove_all(folder);  // it takes as much room again
  }
}

void OwnBackup::fetch_globals() {
  const ArtifactSpec& spec = *run_.subject.artifact;
  globals_ = spec.globals;
  if (is_s3_location(spec.globals.string())) {
    globals_ = work_ / "globals.sql";
    fetch_file(spec, spec.globals.string(), globals_);
  }
}

void OwnBackup::choose_file() {
  const ArtifactSpec& spec = *run_.subject.artifact;
  const std::vector<Artifact> artifacts = artifacts_in(spec.path, spec.match);
  candidates_ = artifacts.size();
  artifact_ = chosen_of(artifacts, spec.choose, run_.subject.seed_number);
  moment_ = {artifact_.modified, "the time of its file, which a copy may have changed"};
  opened_ = open_artifact(artifact_, decryption(run_.subject), work_);
}

// What is chosen is restored or the drill is red: no older set stands in for it.
void OwnBackup::choose_set() {
  const std::vector<RepositorySet> sets = repository_->sets();
  std::vector<Artifact> artifacts;
  artifacts.reserve(sets.size());
  for (const RepositorySet& set : sets) {
    artifacts.push_back(set.artifact);
  }
  candidates_ = artifacts.size();
  if (artifacts.empty()) {
    throw Error{ErrorCode::backup_unusable,
        fmt::format("the repository of {} has no backup", repository_->tool()),
        "Does the job that takes backups still run?"};
  }
  artifact_ = chosen_of(artifacts, run_.subject.artifact->choose, run_.subject.seed_number);
  set_ = *std::find_if(sets.begin(), sets.end(),
      [&](const RepositorySet& set) { return set.artifact.name == artifact_.name; });
  if (!set_.trouble.empty()) {
    throw Error{ErrorCode::backup_unusable,
        fmt::format("set {} cannot be restored: {}", artifact_.name, set_.trouble),
        "No other set was tried: 'artifact.choose' names one."};
  }
  moment_ = {artifact_.modified, "the end of the backup, by its catalogue"};
  opened_ = {.format = ArtifactFormat::data_directory,
      .path = artifact_.path,
      .wrappings = {repository_->tool()}};
}

OwnBackup::~OwnBackup() {
  std::error_code ignored;  // the folder is the run's, and goes with it
  fs::remove_all(work_, ignored);
}

std::string OwnBackup::described() const {
  std::string in;
  for (const std::string& wrapping : opened_.wrappings) {
    in += fmt::format(" in {}", wrapping);
  }
  return fmt::format(
      "{} ({}{}), one of {}", artifact_.name, name_of(opened_.format), in, candidates_);
}

void OwnBackup::bring_dump(Instance& instance, const std::string& folder) const {
  const fs::path path = opened_.path.lexically_normal();
  exec_or_throw(instance, {.argv = {"mkdir", "-p", "-m", "0700", folder}});
  if (fs::is_directory(path)) {
    bring(path, ".", instance, folder + "/database", work_);
  } else {
    bring(path.parent_path(), path.filename(), instance, folder, work_);
    exec_or_throw(instance,
        {.argv = {"mv", "-T", folder + "/" + path.filename().string(), folder + "/database"}});
  }
}

Replica OwnBackup::bring_cluster(const RestorePlace& place, const std::string& server_version) {
  constexpr const char* id = "own";
  Instance& instance = *place.instance;
  if (repository_) {
    opened_.path = repository_->open(set_, work_);
    verification_ = repository_->verification(set_);
  }
  bring(opened_.path, ".", instance, instance.path_of_volume(place.volumes.backups) + "/" + id,
      work_);
  Replica replica{.place = place,
      .set = base_backup_there(instance, place.volumes.backups, id, server_version)};
  const std::unique_ptr<WalSource> wal = wal_source();
  if (!wal) {
    return replica;
  }
  bring_wal(*wal, instance, replica.set, place.volumes.archive);
  const Archive archive{place.volumes.archive};
  replica.archive = {.archive = archive.survey(instance),
      .need = {.timeline = replica.set.timeline, .from = replica.set.start, .recorded = false}};
  for (const auto& [name, digest] : archive.listing(instance)) {
    if (name.size() == 24) {
      replica.last_segment = name;
    }
  }
  if (replica.last_segment.empty()) {
    throw Error{ErrorCode::archive_gap, "the archive has no WAL of this backup",
        "Is it the archive of the same cluster, and did nobody remove what the backup needs?"};
  }
  const WalOracle oracle = archived_commits(archive, instance, replica.set, replica.last_segment);
  for (const WalCommit& commit : oracle.commits) {
    replica.commits.push_back(commit.xid);
    replica.last_commit = commit.lsn;
  }
  return replica;
}

std::unique_ptr<WalSource> OwnBackup::wal_source() const {
  if (repository_) {
    return repository_->wal(set_);
  }
  const fs::path& folder = run_.subject.artifact->wal;
  if (is_s3_location(folder.string())) {
    return stored_wal(*run_.subject.artifact, work_);
  }
  return folder.empty() ? nullptr : std::make_unique<WalFolder>(folder);
}

void OwnBackup::bring_wal(
    WalSource& source, Instance& instance, const BackupSet& set, const std::string& volume) const {
  const std::string first = segments_between(set.timeline, set.start, set.start).front();
  const bool at_once = std::holds_alternative<Immediate>(run_.subject.artifact->target);
  const std::string last = at_once ? set_.last_segment : std::string{};
  const auto needed = [&](const std::string& name) {
    const std::string position = name.substr(8);
    return name.size() != 24 ||
           (position >= first.substr(8) && (last.empty() || position <= last.substr(8)));
  };
  const fs::path spool = work_ / "wal";
  make_private_directory(spool);
  for (const std::string& name : source.names()) {
    if (needed(name)) {
      source.fetch(name, spool / name);
    }
  }
  bring(spool, ".", instance, instance.path_of_volume(volume), work_);
  fs::remove_all(spool);
}

}  // namespace pgrehearse
