#include "harness/cli/proof.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/engine/run_scope.hpp"
#include "harness/process/companion.hpp"
#include "harness/report/kill_score.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

// What decides where a run is told to look and how it talks, not what it drills. The subject counts
// by its content, the engine by its kind.
constexpr std::array<std::string_view, 11> changes_nothing{"report-dir", "only", "jobs", "colour",
    "seed", "keep", "scenario", "subject", "engine", "junit-dialect", "proof"};

fs::path place_of(const ProofKey& key) {
  return cache_dir() / "proofs" /
         fmt::format("{}-{:.16}-{:.16}.json", key.engine_kind, key.program_sha256,
             key.configuration_sha256);
}

std::vector<std::string>& list_for(Fate fate, ProofRecord& proof) {
  switch (fate) {
    case Fate::killed:
    case Fate::twin_green:
      return proof.killed;
    case Fate::survived:
    case Fate::twin_red:
      return proof.survived;
    case Fate::not_applicable:
      return proof.not_applicable;
    case Fate::unknown:
      break;
  }
  return proof.unknown;
}

bool is_genuine(const ProofRecord& proof, const ProofKey& key) {
  return key == ProofKey{.program_sha256 = proof.program_sha256,
                    .configuration_sha256 = proof.configuration_sha256,
                    .engine_kind = proof.engine_kind} &&
         digest_of(proof) == proof.sha256;
}

}  // namespace

ProofKey proof_key(const RunRequest& request, const std::string& engine) {
  Sha256 program;
  for (const fs::path& part :
      {own_executable(), companion("pgrehearse-agent"), companion("pgrehearse-watchdog")}) {
    program.add(sha256_of_file(part));
  }
  Sha256 configuration;
  configuration.add(sha256_of_file(request.subject));
  for (const SettingRecord& setting : request.settings) {
    if (std::find(changes_nothing.begin(), changes_nothing.end(), setting.name) ==
        changes_nothing.end()) {
      configuration.add(fmt::format("\n{}={}", setting.name, setting.value));
    }
  }
  return {.program_sha256 = program.take_hex(),
      .configuration_sha256 = configuration.take_hex(),
      .engine_kind = engine.substr(0, engine.find(' '))};
}

ProofRecord proof_of(const RunRecord& record, const ProofKey& key) {
  ProofRecord proof{.run_id = record.run_id,
      .when = record.end,
      .engine_kind = key.engine_kind,
      .program_sha256 = key.program_sha256,
      .configuration_sha256 = key.configuration_sha256};
  for (const DrillRecord& drill : record.drills) {
    const Fate fate = fate_of(drill);
    if (fate != Fate::twin_green) {
      list_for(fate, proof).push_back(drill.suite + "." + drill.test);
    }
  }
  proof.sha256 = digest_of(proof);
  return proof;
}

std::string digest_of(const ProofRecord& proof) {
  return sha256_hex(
      fmt::format("{}\n{}\n{}\n{}\n{}\nkilled {}\nsurvived {}\nunknown {}\n"
                  "not applicable {}\n",
          proof.run_id, proof.when, proof.engine_kind, proof.program_sha256,
          proof.configuration_sha256, fmt::join(proof.killed, " "), fmt::join(proof.survived, " "),
          fmt::join(proof.unknown, " "), fmt::join(proof.not_applicable, " ")));
}

void keep_proof(const RunRecord& record) {
  const ProofRecord& proof = record.proof.value();
  const fs::path place = place_of({.program_sha256 = proof.program_sha256,
      .configuration_sha256 = proof.configuration_sha256,
      .engine_kind = proof.engine_kind});
  fs::create_directories(place.parent_path());
  write_file(place, to_json(record));
}

RunRecord trial_in(const fs::path& file) {
  try {
    return record_from_json(read_file(file));
  } catch (const Error& error) {
    throw Error{ErrorCode::bad_config, error.message(),
        "It must be the record.json of a run of prove.", "--proof"};
  }
}

std::optional<ProofRecord> find_proof(const ProofKey& key, const fs::path& file) {
  RunRecord trial = {};
  try {
    trial = trial_in(file.empty() ? place_of(key) : file);
  } catch (const Error&) {
    if (file.empty()) {
      return std::nullopt;
    }
    throw;
  }
  // Of a part of the sabotages, or cut short, it would say less than it seems to.
  const bool is_whole = trial.not_selected.empty() && trial.interrupted.empty();
  return is_whole && trial.proof && is_genuine(*trial.proof, key) ? trial.proof : std::nullopt;
}

}  // namespace pgrehearse
