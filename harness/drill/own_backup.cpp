#include "harness/drill/own_backup.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "harness/backup/base_backup.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/drill/archived_wal.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr Milliseconds hours_at_most = std::chrono::hours{4};
constexpr std::array<std::pair<std::string_view, const char*>, 4> compressed_wal{
    {{".gz", "gzip"}, {".zst", "zstd"}, {".xz", "xz"}, {".bz2", "bzip2"}}};

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

/// The name that Postgres asks for, and the program that makes the file of it, if it takes one.
std::pair<std::string, const char*> wal_name_of(const std::string& file) {
  for (const auto& [ending, program] : compressed_wal) {
    if (file.ends_with(ending)) {
      return {file.substr(0, file.size() - ending.size()), program};
    }
  }
  return {file, nullptr};
}

}  // namespace

OwnBackup::OwnBackup(Run& run)
    : run_(run), work_(run.journal.folder() / run.next_name("own-backup")) {
  const ArtifactSpec& spec = *run.subject.artifact;
  if (!spec.baseline.empty()) {
    baseline_ = baseline_from_json(read_file(spec.baseline));
  }
  const std::vector<Artifact> artifacts = artifacts_in(spec.path, spec.match);
  candidates_ = artifacts.size();
  artifact_ = chosen_of(artifacts, spec.choose, run.subject.seed_number);
  moment_ = {artifact_.modified, "the time of its file, which a copy may have changed"};
  make_private_directory(work_);
  try {
    opened_ = open_artifact(artifact_, decryption(run.subject), work_);
  } catch (...) {
    fs::remove_all(work_);
    throw;
  }
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
  bring(opened_.path, ".", instance, instance.path_of_volume(place.volumes.backups) + "/" + id,
      work_);
  Replica replica{.place = place,
      .set = base_backup_there(instance, place.volumes.backups, id, server_version)};
  if (run_.subject.artifact->wal.empty()) {
    return replica;
  }
  bring_wal(instance, replica.set, place.volumes.archive);
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
        "Is 'artifact.wal' the archive of the same cluster?"};
  }
  const WalOracle oracle = archived_commits(archive, instance, replica.set, replica.last_segment);
  for (const WalCommit& commit : oracle.commits) {
    replica.commits.push_back(commit.xid);
    replica.last_commit = commit.lsn;
  }
  return replica;
}

void OwnBackup::bring_wal(
    Instance& instance, const BackupSet& set, const std::string& volume) const {
  const std::string first = segments_between(set.timeline, set.start, set.start).front();
  const fs::path spool = work_ / "wal";
  make_private_directory(spool);
  for (const fs::directory_entry& entry : fs::directory_iterator{run_.subject.artifact->wal}) {
    const auto [name, program] = wal_name_of(entry.path().filename().string());
    const bool before = name.size() == 24 && name.substr(8) < first.substr(8);
    if (!is_archived_name(name) || before) {
      continue;
    }
    if (program == nullptr) {
      fs::copy_file(entry.path(), spool / name);
    } else if (!run({.argv = {program, "--decompress", "--stdout"},
                        .input_file = entry.path(),
                        .output_file = spool / name,
                        .deadline = hours_at_most})
                    .ok()) {
      throw Error{ErrorCode::archive_gap, fmt::format("segment {} cannot be decompressed", name),
          "It was cut, or has changed."};
    }
  }
  bring(spool, ".", instance, instance.path_of_volume(volume), work_);
  fs::remove_all(spool);
}

}  // namespace pgrehearse
