// Which S3 server, which bucket, who we are there, and what that server can do.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "harness/base/secret.hpp"
#include "harness/base/time.hpp"

namespace pgrehearse {

struct S3Credentials {
  std::string key_id;
  Secret secret;
  Secret token = {};  ///< of credentials that end by themselves (AWS_SESSION_TOKEN); else empty
};

/// Reads both from environment variables, because a command line is seen by every user of a host.
/// From then on no child of this process finds them in its environment.
/// Throws Error{bad_config} naming the variable that is unset or empty.
[[nodiscard]] S3Credentials s3_credentials_from_environment(
    const std::string& key_id_variable, const std::string& secret_variable);
/// Likewise, with the token of the third variable where that holds one.
[[nodiscard]] S3Credentials s3_credentials_from_environment(const std::string& key_id_variable,
    const std::string& secret_variable, const std::string& token_variable);

/// What a server can do is declared, not probed: a probe would have to damage something to know.
/// The contract suite checks the declaration. See docs/adr/0010-object-store.md for known servers.
struct S3Abilities {
  bool replaces_at_once = true;
  bool versioned = false;  ///< the bucket has versioning enabled
  bool checks_signatures = true;
  bool honours_only_if_absent = false;  ///< If-None-Match on PUT
  bool locks_objects = false;           ///< the bucket was made with object lock
};

struct S3Config {
  std::string endpoint;  ///< "https://127.0.0.1:7481": scheme, host and port; path-style addresses
  std::string bucket;
  /// Every object is below it: "rehearsals/vault" makes "wal/1" into "rehearsals/vault/wal/1".
  /// Parts like those of a key, at most 120 bytes; empty: the whole bucket.
  std::string prefix = {};
  std::string region = "us-east-1";
  std::filesystem::path ca_file = {};  ///< empty: the certificates this host trusts
  S3Credentials credentials = {};
  S3Abilities abilities = {};

  std::size_t part_bytes = 16UL << 20U;  ///< larger objects go in parts; at least 5 MiB
  unsigned page_keys = 1000;             ///< of one answer to a list request
  unsigned attempts = 3;                 ///< of a request that got no answer, or "try later"
  Milliseconds connect_deadline{5'000};  ///< of one attempt
  Milliseconds answer_deadline{60'000};  ///< of one attempt that carries no content
  Seconds stall_deadline{30};            ///< without a byte of content moving
};

}  // namespace pgrehearse
