#include "harness/cli/plan_own_backup.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/backup/own_repository.hpp"
#include "harness/backup/wal_folder.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/check/baseline.hpp"
#include "harness/drill/artifact_store.hpp"
#include "harness/store/s3_location.hpp"

namespace pgrehearse {
namespace {

constexpr double bytes_of_a_mib = 1024.0 * 1024.0;

struct Candidates {
  std::vector<Artifact> artifacts = {};
  std::string told_by = {};  ///< "the time of its file"
};

Candidates of_repository(OwnRepository& repository) {
  Candidates found{.told_by = "the catalogue of " + repository.tool()};
  for (const RepositorySet& set : repository.sets()) {
    found.artifacts.push_back(set.artifact);
    found.artifacts.back().name += set.trouble.empty() ? "" : " (" + set.trouble + ")";
  }
  return found;
}

Candidates candidates_of(const ArtifactSpec& spec, const TempDir& work) {
  if (is_s3_location(spec.path.string())) {
    return {stored_artifacts(spec), "the time at which it was put into the bucket"};
  }
  demand_there(spec.path);
  const auto repository = repository_at({.path = spec.path,
                                            .tool = spec.tool,
                                            .section = spec.section,
                                            .passphrase_env = spec.passphrase_env},
      work.path());
  return repository ? of_repository(*repository)
                    : Candidates{artifacts_in(spec.path, spec.match), "the time of its file"};
}

std::string chosen(const Subject& subject, const Candidates& candidates) {
  const ArtifactSpec& spec = *subject.artifact;
  const Artifact& artifact = chosen_of(candidates.artifacts, spec.choose, subject.seed_number);
  const std::string size =
      artifact.bytes > 0
          ? fmt::format(", {:.1f} MiB", static_cast<double>(artifact.bytes) / bytes_of_a_mib)
          : "";
  return fmt::format("{}: {} of {}, by {}, {}{}", artifact.name, spec.choose,
      candidates.artifacts.size(), candidates.told_by, artifact.modified.text(), size);
}

std::string wal_of(const ArtifactSpec& spec, const TempDir& work) {
  const auto wal = is_s3_location(spec.wal.string()) ? stored_wal(spec, work.path())
                                                     : std::make_unique<WalFolder>(spec.wal);
  std::vector<std::string> segments = wal->names();
  std::erase_if(segments, [](const std::string& name) { return name.size() != 24; });
  if (segments.empty()) {
    return "NONE in " + spec.wal.filename().string();
  }
  const auto [first, last] = std::minmax_element(segments.begin(), segments.end());
  return fmt::format("{} segments, {} to {}", segments.size(), *first, *last);
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
    plan.lines.emplace_back("own backup", chosen(subject, candidates_of(spec, work)));
    if (!spec.wal.empty()) {
      plan.lines.emplace_back("its WAL", wal_of(spec, work));
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
