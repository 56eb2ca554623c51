// A run's evidence in one file that shows whether anything in it was changed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/secret.hpp"

namespace pgrehearse {

/// The report folder of a run as one tar archive: every file of it, then MANIFEST.json with the
/// SHA-256 of each, where each entry's "chain" is the digest of the one before and itself. With a
/// key also MANIFEST.sig (Ed25519 over the manifest) and MANIFEST.pub. The same folder makes the
/// same bytes. Throws Error{bad_value} when the folder holds no record.json, Error{refused} when a
/// piece of evidence is not the one that the record names, or when something in the folder is
/// neither a file nor a folder.
[[nodiscard]] std::string bundle_of(
    const std::filesystem::path& folder, const std::optional<Secret>& key = {});

struct BundleReport {
  std::vector<std::string> faults = {};  ///< sentences; none: it is what it was when it was made
  std::size_t files = 0;
  std::string run_id = {};
  std::string verdict = {};  ///< "met", "missed", "unknown"
  std::string head = {};     ///< the end of the chain: 64 hexadecimal digits
  bool is_signed = false;
  bool key_known = false;  ///< the signature was checked with the key that was asked for
};

/// `public_key` is the PEM text of the key that must have signed; without one a signature is held
/// against the key in the bundle, which shows that nothing was changed after signing, and not who
/// signed. What is wrong is a fault, never an exception.
[[nodiscard]] BundleReport verify_bundle(
    std::string_view bytes, const std::optional<std::string>& public_key = {});

}  // namespace pgrehearse
