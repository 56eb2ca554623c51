#include "harness/cli/plan_own_backup.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/backup/wal_folder.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/check/baseline.hpp"
#include "harness/drill/artifact_store.hpp"
#include "harness/store/s3_location.hpp"

namespace pgrehearse {
namespace {

constexpr double bytes_of_a_mib = 1024.0 * 1024.0;

std::string range_of(std::vector<std::string> segments, const std::string& place) {
  std::erase_if(segments, [](const std::string& name) { return name.size() != 24; });
  if (segments.empty()) {
    return "NONE in " + place;
  }
  const auto [first, last] = std::minmax_element(segments.begin(), segments.end());
  return fmt::format("{} segments, {} to {}", segments.size(), *first, *last);
}

const Artifact& choose(OwnBackupPlan& plan, const Subject& subject,
    const std::vector<Artifact>& candidates, const std::string& told_by) {
  const ArtifactSpec& spec = *subject.artifact;
  const Artifact& artifact = chosen_of(candidates, spec.choose, subject.seed_number);
  plan.bytes = artifact.bytes;
  const std::string size =
      artifact.bytes > 0
          ? fmt::format(", {:.1f} MiB", static_cast<double>(artifact.bytes) / bytes_of_a_mib)
          : "";
  plan.lines.emplace_back(
      "own backup", fmt::format("{}: {} of {}, by {}, {}{}", artifact.name, spec.choose,
                        candidates.size(), told_by, artifact.modified.text(), size));
  return artifact;
}

void plan_repository(OwnBackupPlan& plan, const Subject& subject, OwnRepository& repository) {
  const std::vector<RepositorySet> sets = repository.sets();
  std::vector<Artifact> candidates;
  candidates.reserve(sets.size());
  for (const RepositorySet& set : sets) {
    candidates.push_back(set.artifact);
  }
  const std::string chosen =
      choose(plan, subject, candidates, "the catalogue of " + repository.tool()).name;
  const RepositorySet& set = *std::find_if(sets.begin(), sets.end(),
      [&](const RepositorySet& one) { return one.artifact.name == chosen; });
  plan.lines.emplace_back("its WAL", range_of(repository.wal(set)->names(), "the repository"));
  if (!set.trouble.empty()) {
    throw Error{ErrorCode::backup_unusable, "that set cannot be restored: " + set.trouble};
  }
}

void plan_files(OwnBackupPlan& plan, const Subject& subject, const TempDir& work) {
  const ArtifactSpec& spec = *subject.artifact;
  if (is_s3_location(spec.path.string())) {
    choose(plan, subject, stored_artifacts(spec), "the time at which it was put into the bucket");
  } else {
    choose(plan, subject, artifacts_in(spec.path, spec.match), "the time of its file");
  }
  if (!spec.wal.empty()) {
    const auto wal = is_s3_location(spec.wal.string()) ? stored_wal(spec, work.path())
                                                       : std::make_unique<WalFolder>(spec.wal);
    plan.lines.emplace_back("its WAL", range_of(wal->names(), spec.wal.filename().string()));
  }
}

std::string baseline_of(const ArtifactSpec& spec) {
  if (spec.baseline.empty()) {
    return "none: what is missing cannot be known, so the drill is not proven";
  }
  const Baseline baseline = baseline_from_json(read_file(spec.baseline));
  return fmt::format("{} facts of {}", baseline.facts.size(), baseline.taken.text());
}

}  // namespace

OwnBackupPlan plan_of_own_backup(const Subject& subject) {
  const ArtifactSpec& spec = *subject.artifact;
  const TempDir work{"pgrehearse-plan"};
  OwnBackupPlan plan;
  try {
    if (const auto repository = own_repository(spec, work.path())) {
      plan_repository(plan, subject, *repository);
    } else {
      plan_files(plan, subject, work);
    }
    plan.lines.emplace_back("its target", text_of(spec.target));
    plan.lines.emplace_back("baseline", baseline_of(spec));
    plan.found = true;
  } catch (const Error& error) {
    plan.lines.emplace_back("own backup", "NONE: " + std::string{error.message()});
  }
  return plan;
}

}  // namespace pgrehearse
