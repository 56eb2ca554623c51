// The S3 servers that ci/stores starts once for a whole run of ctest, each case in a bucket of its
// own.
#pragma once

#include <string>

#include "harness/store/s3_config.hpp"
#include "tests/contract/object_store_contract.hpp"

namespace pgrehearse {

/// The server that `ci/stores/<name>` started, with what it can do and how many keys a
/// page of its lists has. Skips when it was not started.
[[nodiscard]] StoreUnderTest s3_server(const std::string& name, const S3Abilities& abilities,
    unsigned page_keys, const std::string& prefix = "");

/// The same as a configuration, its bucket not made yet. Throws Error{io} when it was not started.
[[nodiscard]] S3Config s3_config_of(
    const std::string& name, const S3Abilities& abilities, unsigned page_keys);

}  // namespace pgrehearse
