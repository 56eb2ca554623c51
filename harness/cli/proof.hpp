// The trial of the drill, remembered: what `prove` showed about this very program and
// configuration goes into the record of every later drill.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "harness/cli/run_request.hpp"
#include "harness/drill/record.hpp"

namespace pgrehearse {

/// What a proof is about. A changed program or configuration has none until it is proven again.
struct ProofKey {
  std::string program_sha256;
  std::string configuration_sha256;
  std::string engine_kind;  ///< "docker"

  friend bool operator==(const ProofKey&, const ProofKey&) = default;
};

/// `engine` as in the record: "docker 20.10.24". Throws Error{io}.
[[nodiscard]] ProofKey proof_key(const RunRequest& request, const std::string& engine);

/// What this record of `prove` shows.
[[nodiscard]] ProofRecord proof_of(const RunRecord& record, const ProofKey& key);

/// The digest over everything else that a proof says.
[[nodiscard]] std::string digest_of(const ProofRecord& proof);

/// Remembers the record of a whole run of `prove` below cache_dir()/proofs, in the place of an
/// older one of the same key. Throws Error{io}.
void keep_proof(const RunRecord& record);

/// The record of a trial that somebody names. Throws Error{bad_config} for a file that is none.
[[nodiscard]] RunRecord trial_in(const std::filesystem::path& file);

/// The proof with this key: of `file` (a record.json of `prove`) when one is named, else the one
/// that was kept. Nothing when there is none, when it is of another key, when its digest is not
/// its own, or when that trial left sabotages out or was interrupted. Throws as trial_in()
/// does for a named file.
[[nodiscard]] std::optional<ProofRecord> find_proof(
    const ProofKey& key, const std::filesystem::path& file = {});

}  // namespace pgrehearse
