// A compromised server as it was found: stopped, copied, and never touched again.
#pragma once

#include <string>

#include "harness/drill/source.hpp"
#include "harness/drill/vault.hpp"

namespace pgrehearse {

struct Evidence {
  std::string key;     ///< of the sealed copy in the vault
  std::string sha256;  ///< of that copy, before it was sealed
  std::string files;   ///< digest of the list of all files' digests, before anything else was done
};

/// Kills the server as it is (a clean stop would write), digests every file of its data directory
/// and copies it into the vault.
[[nodiscard]] Evidence preserve(Source& source, Vault& vault);
/// The digest of all files, read again now.
[[nodiscard]] std::string digest_of_files(Source& source);

}  // namespace pgrehearse
