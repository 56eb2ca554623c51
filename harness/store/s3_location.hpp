// A place in a bucket, written where a path may stand as well: "s3://shop-backups/nightly/". Where
// that is and who asks there, the environment says by the names that AWS's own programs know.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "harness/store/s3_config.hpp"

namespace pgrehearse {

struct S3Location {
  std::string bucket;
  std::string key = {};  ///< of an object or a folder, no slash at its end; empty: the whole bucket

  /// "s3://shop-backups/nightly"
  [[nodiscard]] std::string text() const;
};

[[nodiscard]] bool is_s3_location(std::string_view text);
/// Throws Error{bad_value} for what is none, or names what no key can be (see object_key.hpp).
[[nodiscard]] S3Location s3_location(std::string_view text);

/// What somebody says of a server and of who asks there. What is empty the environment says.
struct S3Access {
  std::string endpoint =
      {};  ///< else AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else AWS's of the region
  std::string region = {};  ///< else AWS_REGION, AWS_DEFAULT_REGION, else us-east-1
  std::filesystem::path ca_file =
      {};  ///< else AWS_CA_BUNDLE, else the certificates this host trusts
  /// Names of variables; else AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, with AWS_SESSION_TOKEN.
  std::string key_id_env = {};
  std::string secret_env = {};
};

/// The bucket of that place, with all its keys below no prefix. Throws Error{bad_config} naming the
/// variable that must be set.
[[nodiscard]] S3Config s3_config_at(const S3Location& location, const S3Access& access = {});

}  // namespace pgrehearse
