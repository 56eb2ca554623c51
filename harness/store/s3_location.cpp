#include "harness/store/s3_location.hpp"

#include <algorithm>
#include <cstdlib>
#include <initializer_list>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/store/object_key.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view scheme = "s3://";

// As S3 has it: lower-case letters, digits, dots and hyphens.
bool is_bucket(const std::string& name) {
  constexpr std::size_t least = 3;
  constexpr std::size_t most = 63;
  return name.size() >= least && name.size() <= most &&
         std::all_of(name.begin(), name.end(), [](char byte) {
           return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
                  byte == '.';
         });
}

// The first that somebody says: what is given, then the variables in their order.
std::string said(const std::string& given, std::initializer_list<const char*> variables,
    const std::string& otherwise) {
  if (!given.empty()) {
    return given;
  }
  for (const char* variable : variables) {
    const char* const value = std::getenv(variable);
    if (value != nullptr && *value != '\0') {
      return value;
    }
  }
  return otherwise;
}

}  // namespace

std::string S3Location::text() const {
  return fmt::format("{}{}{}{}", scheme, bucket, key.empty() ? "" : "/", key);
}

bool is_s3_location(std::string_view text) {
  return text.starts_with(scheme);
}

S3Location s3_location(std::string_view text) {
  std::string rest{is_s3_location(text) ? text.substr(scheme.size()) : std::string_view{}};
  while (rest.ends_with('/')) {
    rest.pop_back();
  }
  const std::size_t slash = rest.find('/');
  S3Location location{.bucket = rest.substr(0, slash),
      .key = slash == std::string::npos ? "" : rest.substr(slash + 1)};
  if (!is_bucket(location.bucket)) {
    throw Error{ErrorCode::bad_value, "this names no place in an object store",
        "Write s3://bucket/key: a bucket's name has 3 to 63 lower-case letters, digits, dots and "
        "hyphens. The server's address is a setting of its own."};
  }
  if (!location.key.empty()) {
    demand_key(location.key);
  }
  return location;
}

S3Config s3_config_at(const S3Location& location, const S3Access& access) {
  const std::string region = said(access.region, {"AWS_REGION", "AWS_DEFAULT_REGION"}, "us-east-1");
  const bool named = !access.key_id_env.empty() || !access.secret_env.empty();
  return {.endpoint = said(access.endpoint, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"},
              fmt::format("https://s3.{}.amazonaws.com", region)),
      .bucket = location.bucket,
      .region = region,
      .ca_file = said(access.ca_file.string(), {"AWS_CA_BUNDLE"}, ""),
      .credentials = s3_credentials_from_environment(
          said(access.key_id_env, {}, "AWS_ACCESS_KEY_ID"),
          said(access.secret_env, {}, "AWS_SECRET_ACCESS_KEY"), named ? "" : "AWS_SESSION_TOKEN")};
}

}  // namespace pgrehearse
