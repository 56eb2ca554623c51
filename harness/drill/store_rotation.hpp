// The credentials of a team's object store are made anew by the team's own program, as its runbook
// would have it: only who owns the store can do that.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "harness/drill/subject.hpp"
#include "harness/store/s3_config.hpp"

namespace pgrehearse {

/// What is needed to ask, after a rotation, whether it was one.
struct StoreKeyRotation {
  S3Config before;                             ///< the store as whoever stole the key would see it
  std::map<std::string, std::string> objects;  ///< what it held before, by key, with digests
  bool rotated = false;                        ///< false: drill.yaml names no program for it
};

/// Runs the program with PGREHEARSE_STORE_ENDPOINT, _BUCKET, _REGION, _KEY_ID and _SECRET of the
/// pair in use. It prints key id and secret of the new pair, a line each. Nothing of what it prints
/// is shown or kept. Throws Error{program_failed}, Error{timed_out}.
[[nodiscard]] S3Credentials new_store_key(const Command& rotate, const Subject& subject,
    const S3Config& store, const std::string& run_id);

}  // namespace pgrehearse
