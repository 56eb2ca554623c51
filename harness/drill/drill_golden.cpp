// The verbs of golden backups: keep one of what a gate has just proven, and drill those there are.
#include <algorithm>

#include <fmt/format.h>

#include "harness/backup/pg_dump_tool.hpp"
#include "harness/base/error.hpp"
#include "harness/check/image_drift.hpp"
#include "harness/drill/drill.hpp"
#include "harness/drill/fact_findings.hpp"

namespace pgrehearse {
namespace {

// Roles come back without their passwords: a golden backup holds none.
void leave_out_passwords(Facts& facts) {
  std::erase_if(facts, [](const Fact& fact) {
    return fact.kind == FactKind::roles && fact.name.starts_with("password of ");
  });
}

// The run's subject is that of the cases after this one, too: however this one ends.
class ArtifactOfTheTeam {
 public:
  explicit ArtifactOfTheTeam(std::optional<ArtifactSpec>& artifact)
      : artifact_(artifact), own_(artifact) {}
  ~ArtifactOfTheTeam() { artifact_.swap(own_); }
  ArtifactOfTheTeam(const ArtifactOfTheTeam&) = delete;
  ArtifactOfTheTeam& operator=(const ArtifactOfTheTeam&) = delete;

 private:
  std::optional<ArtifactSpec>& artifact_;
  std::optional<ArtifactSpec> own_;
};

}  // namespace

void Drill::keep_golden_backup(Restored& changed, const SchemaChange& change) {
  const std::string& release = run_.options.keep_golden;
  if (release.empty()) {
    return;
  }
  step("Keep a golden backup of " + release, [&] {
    for (const Finding& finding : record_.findings) {
      if (finding.verdict != Verdict::met) {
        throw Error{ErrorCode::refused,
            fmt::format("{} is not met: no golden backup of this is kept", finding.check),
            "Later drills would be held to it."};
      }
    }
    PgDumpTool tool{dump_volume_, {.role_passwords = false}};
    const BackupSet set =
        tool.take(changed.cluster, {.id = "golden", .database = run_.subject.database});
    Instance& instance = changed.cluster.instance();
    const std::string folder = instance.path_of_volume(dump_volume_) + "/" + set.folder;
    Session session = changed.cluster.connect(run_.subject.database);
    keep({.dump = get_file(instance, folder + "/database"),
             .globals = get_file(instance, folder + "/globals.sql"),
             .baseline = {.taken = Timestamp::parse(session.value("SELECT clock_timestamp()")),
                 .server_version = session.value("SHOW server_version"),
                 .system_identifier =
                     session.value("SELECT system_identifier FROM pg_control_system()"),
                 .database = run_.subject.database,
                 .facts = change.after.baseline},
             .engine = run_.record.engine},
        run_.subject, release);
  });
}

void Drill::each_golden_backup(const std::function<void(const GoldenBackup&)>& story, Here here) {
  const std::filesystem::path& folder = run_.subject.golden->path;
  Finding finding{.check = "backup-found",
      .question = "are there golden backups?",
      .expected = fmt::format("at least one in {}", folder.filename().string()),
      .verdict = Verdict::missed};
  std::vector<GoldenBackup> goldens;
  if (!std::filesystem::exists(folder) && !run_.options.keep_golden.empty()) {
    finding.observed = "the first is kept by this run";
    finding.verdict = Verdict::met;
  } else {
    try {
      goldens = golden_backups(run_.subject);
      finding.observed = fmt::format("{}, from {} on", goldens.size(), goldens.front().release);
      finding.verdict = Verdict::met;
    } catch (const Error& error) {
      finding.observed = error.message();
      finding.details = {error.hint()};
    }
  }
  file(finding, here);
  const ArtifactOfTheTeam given_back{run_.subject.artifact};
  for (const GoldenBackup& golden : goldens) {
    release_ = golden.release;
    run_.subject.artifact = artifact_of(golden);
    story(golden);
  }
  release_.clear();
}

std::unique_ptr<OwnBackup> Drill::open_golden_backup(const GoldenBackup& golden, Here here) {
  const BackupVerification verified = verify(golden);
  file({.check = "backup-verified",
           .question = "is the golden backup what was kept?",
           .expected = verified.by,
           .observed = verified.usable ? "it is" : verified.problem,
           .verdict = verified.usable ? Verdict::met : Verdict::missed},
      here);
  if (!verified.usable) {
    throw Error{ErrorCode::backup_unusable,
        fmt::format("the golden backup of {}: {}", golden.release, verified.problem),
        "Bring it back from the history of the repository."};
  }
  auto backup = find_own_backup(here);
  Baseline baseline = backup->baseline().value();
  leave_out_passwords(baseline.facts);
  backup->hold_to(std::move(baseline));
  return backup;
}

void Drill::note_drift(Restored& restored, OwnBackup& backup) {
  Facts now = facts_of(restored);
  leave_out_passwords(now);
  Baseline baseline = backup.baseline().value();
  for (const Fact& drifted : image_drift(baseline.facts, now)) {
    record_.warnings.push_back(
        fmt::format("{}: {} is of another version on this image", release_, drifted.name));
    std::find_if(baseline.facts.begin(), baseline.facts.end(), [&](const Fact& then) {
      return then.kind == drifted.kind && then.name == drifted.name;
    })->value = drifted.value;
  }
  backup.hold_to(std::move(baseline));
  restored.facts = std::move(now);
}

}  // namespace pgrehearse
